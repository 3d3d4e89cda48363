import { describeQuorumRpc, raftFetchRpc, voteRpc } from '@milena/cluster-protocol';
import { createRecordingLogger } from '@milena/platform/testing';
import { readQuorumState } from './quorum-state-file';
import { CLUSTER_ID, DriverCluster, endpointOf } from './testing/driver-cluster';

const METADATA_FOLDER = '/data/__cluster_metadata-0';
const bytes = (value: string): Buffer => Buffer.from(value);

describe('start and stop', () => {
  it('refuses a folder that another process uses, naming it', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await expect(cluster.run(1, 'observer')).rejects.toThrow(/log folder \/data is in use by this process/);
  });

  it('refuses to start on a quorum state it cannot read', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    cluster.kill(1);
    const file = cluster.disk(1).open(`${METADATA_FOLDER}/quorum-state`);
    file.pwrite(bytes('{"data_version":9}'), 0);
    await expect(cluster.run(1, 'voter')).rejects.toThrow(/quorum-state/);
  });

  it('makes what it finds in the quorum state durable before it acts on it', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    await cluster.activeWithin(1000);
    cluster.kill(1);
    // As a process leaves it that is killed between the rename and the sync of the folder.
    const file = cluster.disk(1).open(`${METADATA_FOLDER}/quorum-state.tmp`, { create: true });
    const voted = { leaderId: -1, leaderEpoch: 9, votedId: 2, votedDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA' };
    file.pwrite(bytes(JSON.stringify({ ...voted, data_version: 1 })), 0);
    await cluster.time.resolve(file.fdatasync());
    file.close();
    cluster.disk(1).rename(`${METADATA_FOLDER}/quorum-state.tmp`, `${METADATA_FOLDER}/quorum-state`);
    await cluster.run(1, 'voter');
    cluster.kill(1, 'lose-unsynced');
    expect(readQuorumState(cluster.disk(1), METADATA_FOLDER)?.leaderEpoch).toBeGreaterThanOrEqual(9);
  });

  it('stops a lone controller at once and starts it again on its log', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    await cluster.commit('a');
    const begun = cluster.time.nowMs();
    await cluster.stop(1);
    expect(cluster.time.nowMs() - begun).toBeLessThan(100);
    await cluster.run(1, 'voter');
    await cluster.everywhere('a', 100);
  });

  it('stops within its bound when nobody can take over', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const { nodeId } = await cluster.activeWithin(1000);
    for (const id of [1, 2, 3]) if (id !== nodeId) cluster.kill(id);
    const begun = cluster.time.nowMs();
    await cluster.stop(nodeId);
    expect(cluster.time.nowMs() - begun).toBeLessThan(4000);
  });

  it('stops once, however often it is asked to', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    const { driver } = cluster.node(1);
    await cluster.time.resolve(Promise.all([driver.stop(), driver.stop()]));
    expect(driver.health()).toBe(false);
    expect(driver.append(1, [bytes('a')])).toMatchObject({ ok: false, error: { code: 'NOT_CONTROLLER' } });
  });

  it('releases the folder when it stops', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    await cluster.time.resolve(cluster.node(1).driver.stop());
    await expect(cluster.run(1, 'observer')).resolves.toBeDefined();
  });

  it('refuses to start when it knows neither voters nor anybody to ask', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await expect(cluster.startObserver(10, [])).rejects.toThrow(/without voters/);
  });

  it('warns a controller whose directory is not the one among the voters, and does not let it vote', async () => {
    const logger = createRecordingLogger();
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], logger });
    await cluster.activeWithin(1000);
    await cluster.commit('a');
    cluster.kill(3);
    await cluster.replaceDisk(3);
    await cluster.run(3, 'voter', [1, 2]);
    await cluster.everywhere('a');
    expect(logger.lines.map(({ message }) => message)).toContain('this controller is not among the voters');
    expect(cluster.node(3).driver.describe().leaderId).not.toBe(3);
  });
});

describe('the served RPCs', () => {
  const request = { type: 'describeQuorum' as const, clusterId: CLUSTER_ID };

  async function call(cluster: DriverCluster, method: string, message: Uint8Array) {
    const channel = cluster.network.join('stranger').connector.connect(endpointOf(1), 'raft');
    return cluster.time.resolve(channel.unary(method, message, { timeoutMs: 1000 }), 2000);
  }

  it('describe the quorum to whoever asks', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    await cluster.commit('a');
    const outcome = await call(cluster, describeQuorumRpc.method, describeQuorumRpc.encodeRequest(request));
    const answer = outcome.ok ? describeQuorumRpc.decodeResponse(outcome.value) : undefined;
    expect(answer).toMatchObject({ error: 'NONE', leaderId: 1, highWatermark: cluster.node(1).driver.logEndOffset() });
  });

  it('answer malformed requests INVALID_REQUEST', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const outcome = await call(cluster, voteRpc.method, new Uint8Array([255, 255, 255]));
    expect(outcome.ok ? undefined : outcome.error.failure?.code).toBe('INVALID_REQUEST');
  });

  it('refuse while the node stops', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.time.resolve(cluster.node(1).driver.stop());
    const outcome = await call(cluster, describeQuorumRpc.method, describeQuorumRpc.encodeRequest(request));
    expect(outcome.ok ? undefined : outcome.error.failure?.code).toBe('BROKER_NOT_AVAILABLE');
  });

  it('break a Fetch stream that sends a second request before its answer, and serve the others on', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    await cluster.startObserver(10);
    await cluster.commit('a');
    const channel = cluster.network.join('stranger').connector.connect(endpointOf(1), 'raft');
    const closed: unknown[] = [];
    const stream = channel.openStream(raftFetchRpc.method, {
      onMessage() {},
      onClosed: (reason) => closed.push(reason),
    });
    const { epoch } = cluster.node(1).driver.leader();
    const fetch = raftFetchRpc.encodeRequest({
      type: 'fetch',
      clusterId: CLUSTER_ID,
      replica: { id: 77 },
      epoch,
      fetchOffset: cluster.node(1).driver.logEndOffset(),
      lastFetchedEpoch: epoch,
      maxWaitMs: 500,
      highWatermark: cluster.node(1).driver.logEndOffset(),
    });
    stream.send(fetch);
    stream.send(fetch);
    await cluster.time.advance(100);
    expect(closed).toMatchObject([{ reason: 'reset' }]);
    await cluster.commit('b');
  });
});

describe('a voter that connects to another one', () => {
  it('says when somebody else is at its address', async () => {
    const logger = createRecordingLogger();
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], logger });
    await cluster.activeWithin(1000);
    const said = () => logger.lines.filter(({ message }) => message === 'not that voter is at its address');
    await cluster.time.advance(2000);
    expect(said()).toEqual([]);
    cluster.kill(3);
    await cluster.replaceDisk(3);
    await cluster.run(3, 'voter', [1, 2]);
    cluster.kill(1);
    await cluster.run(1, 'voter');
    await cluster.time.advance(2000);
    expect(said()).toMatchObject([{ level: 'warn', facts: { voter: 3, error: 'INVALID_VOTER_KEY' } }]);
  });
});
