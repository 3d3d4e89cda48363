import { readQuorumState } from './quorum-state-file';
import { DriverCluster, RecordingListener } from './testing/driver-cluster';

const METADATA_FOLDER = '/data/__cluster_metadata-0';
const bytes = (value: string): Buffer => Buffer.from(value);

/** Distance of the nodes from each other: what every node was told must be a prefix of what the longest was told. */
function expectSamePrefixes(cluster: DriverCluster): void {
  const told = [...cluster.running.values()].map(({ listener }) => listener.values);
  const longest = told.reduce((left, right) => (right.length > left.length ? right : left), []);
  for (const values of told) expect(values).toEqual(longest.slice(0, values.length));
}

describe('one controller', () => {
  it('leads, commits and delivers within a few syncs of its start', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const begun = cluster.time.nowMs();
    const { epoch } = await cluster.activeWithin(50);
    const { driver, listener } = cluster.node(1);
    const appended = driver.append(epoch, [bytes('a'), bytes('b')], { traceparent: '00-aa-bb-01' });
    expect(appended.ok).toBe(true);
    await cluster.everywhere('b', 10);
    expect(cluster.time.nowMs() - begun).toBeLessThan(60);
    expect(listener.batches).toHaveLength(1);
    expect(listener.batches[0]).toMatchObject({ epoch, traceparent: '00-aa-bb-01' });
    expect(listener.batches[0]).toMatchObject(appended.ok ? appended.value : {});
    expect(driver.health()).toBe(true);
    expect(driver.highWatermark()).toBe(driver.logEndOffset());
  });

  it('delivers nothing inside a call to append', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const { epoch } = await cluster.activeWithin(50);
    const { driver, listener } = cluster.node(1);
    driver.append(epoch, [bytes('a')]);
    expect(listener.values).toEqual([]);
  });

  it('covers what arrives while a flush runs with the next flush, and stays fast', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const { epoch } = await cluster.activeWithin(50);
    const { driver } = cluster.node(1);
    const begun = cluster.time.nowMs();
    for (let index = 0; index < 100; index++) driver.append(epoch, [bytes(`value-${index}`)]);
    await cluster.everywhere('value-99', 20);
    expect(cluster.time.nowMs() - begun).toBeLessThan(10);
  });

  it('refuses an append for an epoch it does not lead', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const { epoch } = await cluster.activeWithin(50);
    const refused = cluster.node(1).driver.append(epoch + 1, [bytes('a')]);
    expect(refused).toMatchObject({ ok: false, error: { code: 'NOT_CONTROLLER' } });
  });

  it('refuses a batch beyond the limit of the log', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const { epoch } = await cluster.activeWithin(50);
    const refused = cluster.node(1).driver.append(epoch, [Buffer.alloc(9 * 1024 * 1024)]);
    expect(refused).toMatchObject({ ok: false, error: { code: 'MESSAGE_TOO_LARGE' } });
  });

  it('has every committed batch after a power cut, leads anew in a higher epoch and tells all of it first', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const before = await cluster.activeWithin(50);
    await cluster.commit('a');
    await cluster.commit('b');
    cluster.kill(1, 'lose-unsynced');
    const { listener } = await cluster.run(1, 'voter');
    const after = await cluster.activeWithin(50);
    expect(after.epoch).toBeGreaterThan(before.epoch);
    expect(listener.events).toEqual(['committed a', 'committed b', `leader ${after.epoch}`]);
  });

  it('reports a failed sync as fatal and is neither healthy nor active afterwards', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const { epoch } = await cluster.activeWithin(50);
    const { driver, fatal, listener } = cluster.node(1);
    cluster.disk(1).fail({ operation: 'fdatasync', code: 'EIO' });
    driver.append(epoch, [bytes('lost')]);
    await cluster.time.advance(100);
    expect(String(fatal)).toMatch(/EIO/);
    expect(fatal).toHaveLength(1);
    expect(listener.values).toEqual([]);
    expect(driver.health()).toBe(false);
    expect(driver.append(epoch, [bytes('more')]).ok).toBe(false);
    await cluster.time.resolve(driver.stop());
  });

  it('reports a listener that throws as fatal', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const { epoch } = await cluster.activeWithin(50);
    const { driver, fatal, listener } = cluster.node(1);
    listener.onCommitted = () => {
      throw new Error('cannot replay');
    };
    driver.append(epoch, [bytes('a')]);
    await cluster.time.advance(100);
    expect(String(fatal)).toMatch(/cannot replay/);
  });

  it('gives a late listener everything, and then that this node leads', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const { epoch } = await cluster.activeWithin(50);
    for (const value of ['a', 'b', 'c']) await cluster.commit(value);
    const late = new RecordingListener();
    cluster.node(1).driver.subscribe(late);
    expect(late.events).toEqual([]);
    await cluster.time.advance(1);
    expect(late.events).toEqual(['committed a', 'committed b', 'committed c', `leader ${epoch}`]);
  });
});

describe('three controllers', () => {
  it('elect one leader soon after their start and commit on all', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const active = await cluster.activeWithin(500);
    await cluster.commit('a');
    for (const { driver, listener } of cluster.running.values()) {
      expect(driver.leader()).toMatchObject({ leaderId: active.nodeId, epoch: active.epoch });
      expect(driver.health()).toBe(true);
      expect(listener.values).toEqual(['a']);
    }
  });

  it('replace a killed leader in tens of milliseconds and lose no committed batch', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const cluster = await DriverCluster.start({ voters: [1, 2, 3], seed });
      const first = await cluster.activeWithin(1000);
      for (let index = 0; index < 5; index++) await cluster.commit(`before-${index}`);
      const killedAt = cluster.time.nowMs();
      cluster.kill(first.nodeId, 'lose-unsynced');
      const second = await cluster.activeWithin(1000, first);
      expect(cluster.time.nowMs() - killedAt).toBeLessThan(300);
      await cluster.commit('after');
      await cluster.run(first.nodeId, 'voter');
      await cluster.everywhere('after');
      for (const { listener } of cluster.running.values()) {
        expect(listener.values).toEqual(['before-0', 'before-1', 'before-2', 'before-3', 'before-4', 'after']);
      }
      expect(cluster.node(second.nodeId).driver.leader().leaderId).toBe(second.nodeId);
    }
  });

  it('keep every committed batch when power fails for all of them at once', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], seed: 7 });
    const { nodeId, epoch } = await cluster.activeWithin(1000);
    for (let index = 0; index < 20; index++) cluster.node(nodeId).driver.append(epoch, [bytes(`v${index}`)]);
    await cluster.time.runUntil(() => cluster.node(nodeId).listener.values.length >= 5, 1000);
    const committed = cluster.node(nodeId).listener.values;
    for (const id of [1, 2, 3]) cluster.kill(id, 'tear');
    for (const id of [1, 2, 3]) await cluster.run(id, 'voter');
    await cluster.activeWithin(3000);
    await cluster.commit('after');
    for (const { listener } of cluster.running.values()) {
      expect(listener.values.slice(0, committed.length)).toEqual(committed);
    }
    expectSamePrefixes(cluster);
  });

  it('drop what a cut-off leader appended, and deliver none of it', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], seed: 4 });
    const first = await cluster.activeWithin(1000);
    await cluster.commit('a');
    const others = [1, 2, 3].filter((id) => id !== first.nodeId);
    for (const id of others) {
      cluster.network.block(`node-${first.nodeId}`, `node-${id}`);
      cluster.network.block(`node-${id}`, `node-${first.nodeId}`);
    }
    const old = cluster.node(first.nodeId);
    expect(old.driver.append(first.epoch, [bytes('uncommitted')]).ok).toBe(true);
    await cluster.activeWithin(10_000, first);
    await cluster.time.advance(5000);
    expect(old.listener.events.at(-1)).toBe(`resigned ${first.epoch}`);
    expect(old.driver.health()).toBe(false);
    cluster.network.healAll();
    await cluster.commit('b', 10_000);
    for (const { listener } of cluster.running.values()) expect(listener.values).toEqual(['a', 'b']);
  });

  it('hand over when the leader stops, without waiting for a timeout', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], seed: 2 });
    const first = await cluster.activeWithin(1000);
    await cluster.commit('a');
    const { listener } = cluster.node(first.nodeId);
    const begun = cluster.time.nowMs();
    const stopped = cluster.stop(first.nodeId);
    await stopped;
    const second = cluster.active() ?? (await cluster.activeWithin(500, first));
    expect(cluster.time.nowMs() - begun).toBeLessThan(500);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(listener.events.at(-1)).toBe(`resigned ${first.epoch}`);
    await cluster.commit('b');
  });

  it('tell when it is open who leads, and that it is settled once somebody serves', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], seed: 5 });
    const first = await cluster.activeWithin(1000);
    await cluster.commit('a');
    const survivors = [1, 2, 3].filter((id) => id !== first.nodeId);
    const heard = survivors.map((id) => cluster.node(id).listener.elections);
    expect(heard.map((elections) => elections.at(-1))).toEqual(['follows', 'follows']);
    cluster.kill(first.nodeId, 'lose-unsynced');
    const second = await cluster.activeWithin(500, first);
    await cluster.commit('b');
    const winner = `leader ${second.epoch}`;
    expect(cluster.node(second.nodeId).listener.elections.slice(-2)).toEqual(['open', winner]);
    const loser = survivors.find((id) => id !== second.nodeId) ?? 0;
    expect(cluster.node(loser).listener.elections.slice(-2)).toEqual(['open', 'follows']);
    await cluster.stop(second.nodeId);
    expect(cluster.node(loser).listener.elections.at(-1)).toBe('open');
  });

  it('hand over when the leader resigns, and it follows', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], seed: 3 });
    const first = await cluster.activeWithin(1000);
    cluster.node(first.nodeId).driver.resign(first.epoch);
    await cluster.activeWithin(3000, first);
    await cluster.commit('a');
    expect(cluster.node(first.nodeId).listener.events).toContain(`resigned ${first.epoch}`);
  });

  it('let a restarted follower catch up from its own disk and the leader', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const { nodeId } = await cluster.activeWithin(1000);
    await cluster.commit('a');
    const follower = nodeId === 1 ? 2 : 1;
    cluster.kill(follower, 'lose-unsynced');
    await cluster.commit('b');
    const { listener } = await cluster.run(follower, 'voter');
    await cluster.everywhere('b');
    expect(listener.values).toEqual(['a', 'b']);
    expect(listener.events.some((event) => event.startsWith('leader'))).toBe(false);
  });

  it('remember their votes on disk', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const { nodeId, epoch } = await cluster.activeWithin(1000);
    await cluster.commit('a');
    for (const id of [1, 2, 3]) {
      expect(readQuorumState(cluster.disk(id), METADATA_FOLDER)).toMatchObject({
        leaderId: nodeId,
        leaderEpoch: epoch,
      });
    }
  });

  it('are unhealthy without a majority, and come back by themselves', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    await cluster.activeWithin(1000);
    cluster.kill(2);
    cluster.kill(3);
    await cluster.time.advance(10_000);
    expect(cluster.node(1).driver.health()).toBe(false);
    await cluster.run(2, 'voter');
    await cluster.activeWithin(5000);
    await cluster.commit('a');
    expect(cluster.node(1).driver.health()).toBe(true);
  });

  it('describe the quorum as the leader sees it', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const { nodeId, epoch } = await cluster.activeWithin(1000);
    await cluster.startObserver(10);
    await cluster.commit('a');
    await cluster.time.advance(1000);
    const { driver } = cluster.node(nodeId);
    const description = driver.describe();
    expect(description).toMatchObject({ leaderId: nodeId, leaderEpoch: epoch, highWatermark: driver.logEndOffset() });
    expect(description.voters.map(({ id, logEndOffset }) => [id, logEndOffset])).toEqual(
      [1, 2, 3].map((id) => [id, driver.logEndOffset()]),
    );
    expect(description.observers.map(({ id }) => id)).toEqual([10]);
    const follower = [1, 2, 3].find((id) => id !== nodeId);
    expect(cluster.node(follower!).driver.describe()).toMatchObject({ leaderId: nodeId, voters: [] });
  });
});
