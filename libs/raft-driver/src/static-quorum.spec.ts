import { addVoterRpc } from '@milena/cluster-protocol';
import { timestampMs } from '@milena/model';
import { writeBootstrapCheckpoint } from './bootstrap-checkpoint';
import { readMetaProperties } from './meta-properties';
import { readWholeFile } from './read-whole-file';
import { readQuorumState } from './quorum-state-file';
import { storedRecords } from './stored-records';
import { CLUSTER_ID, DriverCluster, endpointOf } from './testing/driver-cluster';

const FOLDER = '/data/__cluster_metadata-0';

function upgrade(cluster: DriverCluster, version = 1) {
  const { nodeId = 0, epoch = 0 } = cluster.active() ?? {};
  return cluster.node(nodeId).driver.upgradeKraftVersion({ epoch, version, validateOnly: false });
}

function dataVersion(cluster: DriverCluster, nodeId: number): unknown {
  const text = readWholeFile(cluster.disk(nodeId), `${FOLDER}/quorum-state`, 10_000)?.toString() ?? '{}';
  return (JSON.parse(text) as { data_version?: number }).data_version;
}

function kraftVersions(cluster: DriverCluster): readonly number[] {
  return [...cluster.running.values()].map(({ driver }) => driver.kraftVersion());
}

async function addVoter(cluster: DriverCluster, nodeId: number): Promise<unknown> {
  const directoryId = readMetaProperties(cluster.disk(nodeId), '/data')?.directoryId ?? '';
  const request = {
    type: 'addVoter' as const,
    clusterId: CLUSTER_ID,
    voter: { id: nodeId, directoryId },
    endpoint: endpointOf(nodeId),
    timeoutMs: 5000,
    ackWhenCommitted: true,
  };
  const leader = cluster.network.join('operator').connector.connect(endpointOf(cluster.active()?.nodeId ?? 0), 'raft');
  const asked = leader.unary(addVoterRpc.method, addVoterRpc.encodeRequest(request), { timeoutMs: 6000 });
  const answer = await cluster.time.resolve(asked, 7000);
  return answer.ok ? addVoterRpc.decodeResponse(answer.value).error : answer.error;
}

/** Static voters 1 to 3, the leader of which has heard the others. */
async function staticQuorum(): Promise<DriverCluster> {
  const cluster = await DriverCluster.start({ voters: [1, 2, 3], areStatic: true });
  await cluster.activeWithin(2000);
  await cluster.commit('before');
  await cluster.time.advance(500);
  return cluster;
}

describe('a static quorum', () => {
  it('moves to kraft.version 1: one batch in the log, and quorum-state takes its new form', async () => {
    const cluster = await staticQuorum();
    expect([1, 2, 3].map((id) => dataVersion(cluster, id))).toEqual([0, 0, 0]);
    expect(upgrade(cluster)).toMatchObject({ ok: true });
    await cluster.commit('after');
    expect(kraftVersions(cluster)).toEqual([1, 1, 1]);
    await cluster.time.advance(100);
    expect([1, 2, 3].map((id) => dataVersion(cluster, id))).toEqual([1, 1, 1]);
    const { epoch } = cluster.active() ?? {};
    expect(readQuorumState(cluster.disk(1), FOLDER)?.leaderEpoch).toBe(epoch);
    const control = [...storedRecords(cluster.disk(1), '/data')].flatMap(({ content }) =>
      Buffer.isBuffer(content) ? [] : [content],
    );
    const voters = [1, 2, 3].map((id) => ({
      voterId: id,
      directoryId: readMetaProperties(cluster.disk(id), '/data')?.directoryId,
      endpoints: [{ name: 'CONTROLLER', ...endpointOf(id) }],
    }));
    expect(control.slice(-2)).toMatchObject([
      { type: 'kraft-version', kraftVersion: 1 },
      { type: 'voters', voters },
    ]);
  });

  it('names the voter that is missing, and has moved nowhere', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], areStatic: true });
    cluster.kill(3);
    await cluster.activeWithin(5000);
    await cluster.commit('before');
    await cluster.time.advance(500);
    expect(upgrade(cluster)).toMatchObject({
      error: { code: 'FEATURE_UPDATE_FAILED', message: expect.stringContaining('voter 3') },
    });
    expect(kraftVersions(cluster)).toEqual([0, 0]);
  });

  it('takes a new controller in afterwards, and finds all its voters after a power cut', async () => {
    const cluster = await staticQuorum();
    await cluster.replaceDisk(4);
    await cluster.run(4, 'voter', [1, 2, 3]);
    expect(await addVoter(cluster, 4)).toBe('UNSUPPORTED_VERSION');
    expect(upgrade(cluster)).toMatchObject({ ok: true });
    await cluster.commit('upgraded');
    expect(await addVoter(cluster, 4)).toBe('NONE');
    await cluster.commit('with 4');
    for (const id of [1, 2, 3, 4]) cluster.kill(id, 'lose-unsynced');
    for (const id of [1, 2, 3]) await cluster.run(id, 'voter');
    await cluster.run(4, 'voter', [1, 2, 3]);
    await cluster.activeWithin(5000);
    await cluster.commit('again');
    expect(kraftVersions(cluster)).toEqual([1, 1, 1, 1]);
    const { nodeId = 0 } = cluster.active() ?? {};
    const { voters } = cluster.node(nodeId).driver.describe();
    expect(voters.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(upgrade(cluster, 0)).toMatchObject({ error: { code: 'INVALID_UPDATE_VERSION' } });
  });

  it('may forget its static voters afterwards, also behind a snapshot', async () => {
    const cluster = await staticQuorum();
    expect(upgrade(cluster)).toMatchObject({ ok: true });
    await cluster.commit('after');
    for (const id of [1, 2, 3]) expect((await cluster.snapshot(id)).outcome).toMatchObject({ ok: true });
    for (const id of [1, 2, 3]) await cluster.stop(id);
    for (const id of [1, 2, 3]) await cluster.run(id, 'voter', [1, 2, 3]);
    await cluster.activeWithin(5000);
    await cluster.commit('again');
    expect(kraftVersions(cluster)).toEqual([1, 1, 1]);
  });
});

describe('KAFKA-19489: two quorums from two truths about who votes', () => {
  it('a folder formatted with voters is not started with static ones', async () => {
    const cluster = new DriverCluster({ voters: [1, 2, 3], areStatic: true });
    await cluster.replaceDisk(1);
    cluster.disk(1).makeFolder(FOLDER);
    const checkpoint = { kraftVersion: 1, voters: [] };
    const now = timestampMs(0);
    await cluster.time.resolve(writeBootstrapCheckpoint(cluster.disk(1), FOLDER, checkpoint, now));
    await expect(cluster.run(1, 'voter')).rejects.toThrow(/was formatted with voters/);
  });

  it('nor one formatted without voters when nothing says whom to ask', async () => {
    const cluster = new DriverCluster({ voters: [1] });
    await cluster.replaceDisk(1);
    await expect(cluster.run(1, 'voter')).rejects.toThrow(/whom to ask/);
  });
});
