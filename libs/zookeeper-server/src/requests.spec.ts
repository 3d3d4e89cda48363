import { offset } from '@milena/model';
import { bodyOf, readChildren, readData, readStat } from '@milena/zookeeper/testing';
import { ShimScene } from './testing/shim-scene';

const NO_NODE = -101;
const NO_AUTH = -102;

async function connected(scene: ShimScene) {
  const client = scene.client();
  client.connect();
  return Promise.resolve(client);
}

describe('requests', () => {
  it('are answered from the tree, with the newest zxid', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    const children = client.ask('getChildren', bodyOf.watchable('/brokers/ids'));
    expect([children.zxid, readChildren(children.body)]).toEqual([scene.zxid, ['1', '2']]);
    const { data, stat } = readData(client.ask('getData', bodyOf.watchable('/controller')).body);
    expect(JSON.parse(String(data))).toMatchObject({ version: 2, brokerid: 101, kraftControllerEpoch: 1 });
    expect(stat).toMatchObject({ czxid: 1, dataLength: data?.length, ephemeralOwner: 0n });
    const exists = client.ask('exists', bodyOf.watchable('/brokers/ids/1'));
    expect(readStat(exists.body).ephemeralOwner).not.toBe(0n);
    expect(client.ask('getData', bodyOf.watchable('/nowhere')).error).toBe(NO_NODE);
    expect(client.ask('getChildren2', bodyOf.watchable('/a/')).error).toBe(-8);
  });

  it('that would change something are refused, and the log says why once per kind', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    expect(client.ask('create', bodyOf.create('/foo')).error).toBe(NO_AUTH);
    expect(client.ask('create', bodyOf.create('/bar')).error).toBe(NO_AUTH);
    expect(client.ask('delete', bodyOf.version('/brokers', -1)).error).toBe(NO_AUTH);
    expect(client.ask('reconfig').error).toBe(NO_AUTH);
    const refusals = scene.logger.lines.filter(({ message }) => message === 'refused a write');
    expect(refusals.map(({ facts }) => facts?.['operation'])).toEqual(['create', 'delete', 'reconfig']);
  });

  it('in a multi succeed when all are checks, and fail together otherwise', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    const check = (path: string, version: number) =>
      ({ operation: 'check', body: bodyOf.version(path, version) }) as const;
    const create = { operation: 'create', body: bodyOf.create('/foo') } as const;
    const results = (...steps: Parameters<typeof bodyOf.steps>[0]) => {
      const { error, body } = client.ask('multi', bodyOf.steps(steps));
      expect(error).toBe(0);
      const told: number[] = [];
      for (;;) {
        const [type, isDone, code] = [body.int32(), body.boolean(), body.int32()];
        if (isDone) return told;
        told.push(type === -1 ? body.int32() : code);
      }
    };
    expect(results(check('/brokers', 0), check('/brokers', -1))).toEqual([0, 0]);
    expect(results(check('/brokers', 0), create, check('/brokers', 0))).toEqual([0, NO_AUTH, -2]);
    expect(results(check('/brokers', 7), create)).toEqual([-103, -2]);
    expect(results(check('/nowhere', 0))).toEqual([NO_NODE]);
    expect(results()).toEqual([]);
  });

  it("of many reads in one are answered up to a bound, because their sum is the client's to choose", async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    scene.topic('wide', 2_000);
    const read = { operation: 'getData', body: bodyOf.watchable('/brokers/topics/wide') } as const;
    const one = client.ask('getData', read.body).body.remaining;
    const { body } = client.ask('multiRead', bodyOf.steps(Array.from({ length: 10_000 }, () => read)));
    expect(body.remaining).toBeGreaterThan(10 * one);
    expect(body.remaining).toBeLessThan(8 * 1024 * 1024);
    const last = body.bytes(body.remaining).subarray(-9 - 13);
    expect(last.toString('hex')).toBe('ffffffff00ffffff81ffffff81' + 'ffffffff01ffffffff');
  });

  it('that nobody knows, or that are garbled, get an error and leave the connection open', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    for (const id of [20, -10, 0, 77]) expect(client.ask(id).error).toBe(-6);
    expect(client.ask('getData').error).toBe(-5);
    expect(client.ask('addWatch', bodyOf.version('/', 9)).error).toBe(-5);
    expect(client.ask('addWatch', bodyOf.version('nowhere', 0)).error).toBe(-8);
    expect(client.ask('ping', undefined, -2)).toMatchObject({ xid: -2, error: 0 });
    expect(client.isClosed).toBe(false);
  });

  it('of authentication add an identity, or end the connection', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    expect(client.ask('auth', bodyOf.auth('digest', 'ann:secret'), -4)).toMatchObject({ xid: -4, zxid: 0, error: 0 });
    const { body } = client.ask('whoAmI');
    expect(body.int32()).toBe(2);
    expect(body.bytes(body.remaining).toString('latin1')).toMatch(/ip.*10\.0\.0\.1.*digest.*ann$/s);
    expect(client.ask('auth', bodyOf.auth('x509', 'CN=me'), -4)).toMatchObject({ error: -115 });
    expect(client.isClosed).toBe(true);
  });

  it('of authentication keep a name, however long the secret, and no name that is as long', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    expect(client.ask('auth', bodyOf.auth('digest', `ann:${'s'.repeat(100_000)}`), -4).error).toBe(0);
    expect(client.ask('auth', bodyOf.auth('digest', `${'n'.repeat(100_000)}:s`), -4).error).toBe(-115);
    expect(client.isClosed).toBe(true);
  });

  it('to sync wait for what the active controller has committed, and nothing behind them overtakes', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    scene.hold();
    scene.fence(1);
    scene.leaderPosition = offset(scene.zxid);
    client.send('sync', bodyOf.path('/'));
    await scene.time.advance(100);
    expect(client.story()).toEqual([]);
    scene.release();
    await scene.time.resolve(client.settled());
    expect(client.story()).toEqual([`reply 1 zxid ${scene.zxid} error 0`]);
  });

  it('to sync wait a third of the session timeout and no longer, however the time is spent', async () => {
    const scene = await ShimScene.started();
    const client = scene.client();
    client.connect({ timeoutMs: 6_000 });
    scene.leaderPosition = offset(scene.zxid + 1);
    scene.leaderAnswersAfterMs = 1_500;
    client.send('sync', bodyOf.path('/'));
    await scene.time.advance(1_900);
    expect(client.replies()).toEqual([]);
    await scene.time.advance(200);
    expect(client.replies()).toMatchObject([{ error: -7 }]);
  });

  it('to sync ask again while one controller takes over from another', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    client.send('sync', bodyOf.path('/'));
    await scene.time.advance(500);
    scene.leaderPosition = offset(scene.zxid);
    await scene.time.resolve(client.settled());
    expect(client.replies()).toMatchObject([{ error: 0 }]);
  });

  it('to sync fail when no controller answers', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    client.send('sync', bodyOf.path('/'));
    await scene.time.resolve(client.settled());
    expect(client.replies()).toMatchObject([{ error: -7 }]);
  });
});

describe('four-letter words', () => {
  it('are answered in the shapes that tools take apart', async () => {
    const scene = await ShimScene.started();
    await connected(scene);
    expect(scene.server.answerWord('ruok')).toBe('imok');
    expect(scene.server.answerWord('isro')).toBe('rw');
    expect(scene.server.answerWord('srvr')).toMatch(
      /^Zookeeper version: 3\.8\.4-scene, built on .*\nLatency min\/avg\/max: \d+\/[\d.]+\/\d+\nReceived: 1\nSent: 1\nConnections: 1\nOutstanding: 0\nZxid: 0x3\nMode: observer\nNode count: \d+\n$/,
    );
    expect(scene.server.answerWord('stat')).toContain(
      '\nClients:\n /10.0.0.1:1[1](queued=0,recved=1,sent=1)\n\nLatency',
    );
    expect(scene.server.answerWord('mntr')).toContain('zk_version\t3.8.4-scene, built on');
    expect(scene.server.answerWord('mntr')).toContain('\nzk_ephemerals_count\t2\n');
    expect(scene.server.answerWord('conf')).toBe('clientPort=2181\ntickTime=500\n');
    expect(scene.server.answerWord('envi')).toMatch(/^Environment:\nzookeeper\.version=3\.8\.4-scene/);
    expect(scene.server.answerWord('dump')).toBe('dump is not executed because it is not in the whitelist.\n');
  });

  it('say so while nothing is served', () => {
    const scene = new ShimScene();
    expect(scene.server.answerWord('srvr')).toBe('This ZooKeeper instance is not currently serving requests\n');
    expect([scene.server.answerWord('ruok'), scene.server.answerWord('isro')]).toEqual(['imok', 'ro']);
  });
});
