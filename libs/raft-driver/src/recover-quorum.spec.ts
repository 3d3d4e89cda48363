import { noMeter, noTracer, type Platform, silentLogger } from '@milena/platform';
import { createMemoryStateStores, createSeededRandom } from '@milena/platform/testing';
import { batchesOf } from '@milena/record-batch';
import { metadataFolder } from './format-storage';
import { UnusableLogFolder } from './meta-properties';
import { planRecovery, type RecoverySubject } from './plan-recovery';
import { readQuorumState } from './quorum-state-file';
import { recoverQuorum } from './recover-quorum';
import { storedRecords } from './stored-records';
import { DriverCluster, endpointOf } from './testing/driver-cluster';
import { UnusableMetadataLog } from './unusable-metadata-log';

const FOLDER = metadataFolder('/data');

const subjectOf = (nodeId: number): RecoverySubject => ({
  nodeId,
  logFolder: '/data',
  listenerName: 'CONTROLLER',
  endpoint: endpointOf(nodeId),
  configFile: undefined,
});

function platformOf(cluster: DriverCluster, nodeId: number): Platform {
  return {
    clock: cluster.time.clock,
    timers: cluster.time.timers,
    random: createSeededRandom(nodeId),
    disk: cluster.disk(nodeId),
    stateStores: createMemoryStateStores(),
    logger: silentLogger,
    tracer: noTracer,
    meter: noMeter,
  };
}

/** Three voters that committed `before`, of which 2 and 3 were killed and 1 was stopped. */
async function lostMajority(): Promise<DriverCluster> {
  const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
  await cluster.activeWithin(5_000);
  await cluster.commit('before');
  cluster.kill(2);
  cluster.kill(3);
  await cluster.stop(1);
  return cluster;
}

const recover = (cluster: DriverCluster, nodeId: number) =>
  cluster.time.resolve(recoverQuorum(platformOf(cluster, nodeId), subjectOf(nodeId)));

it('plans without a change: where the log ends, who is dropped, in which epoch it goes on', async () => {
  const cluster = await lostMajority();
  const files = cluster.disk(1).list(FOLDER);
  const plan = planRecovery(cluster.disk(1), subjectOf(1));
  expect(plan.dropped.map(({ voterId }) => voterId)).toEqual([2, 3]);
  expect(plan.voter).toMatchObject({ voterId: 1, directoryId: plan.directoryId });
  expect(plan.newEpoch).toBeGreaterThan(plan.quorumState.leaderEpoch + 100);
  expect(plan.logEndOffset).toBeGreaterThan(1);
  expect(cluster.disk(1).list(FOLDER)).toEqual(files);
});

it('lets the survivor lead alone, with everything it had', async () => {
  const cluster = await lostMajority();
  const { plan } = await recover(cluster, 1);
  await cluster.run(1, 'voter');
  const { epoch } = await cluster.activeWithin(5_000);
  expect(epoch).toBeGreaterThan(plan.newEpoch);
  await cluster.commit('after');
  expect(cluster.node(1).listener.values).toEqual(['before', 'after']);
});

it('writes down what it did: a copy of quorum-state, an audit record, and its trace in the log', async () => {
  const cluster = await lostMajority();
  const before = readQuorumState(cluster.disk(1), FOLDER);
  const { auditFolder, recoveryOffset, traceId } = await recover(cluster, 1);
  const disk = cluster.disk(1);
  expect(readQuorumState(disk, auditFolder)).toEqual(before);
  const file = disk.open(`${auditFolder}/audit.json`, { readOnly: true });
  const text = Buffer.alloc(file.size());
  file.pread(text, 0);
  expect(JSON.parse(text.toString())).toMatchObject({
    traceId,
    clusterId: 'test-cluster',
    dropped: [{ voterId: 2 }, {}],
  });
  const written = [...storedRecords(disk, '/data', recoveryOffset)];
  expect(written.map(({ content }) => (Buffer.isBuffer(content) ? 'data' : content.type))).toEqual([
    'leader-change',
    'kraft-version',
    'voters',
  ]);
  expect(written[0]?.traceparent).toContain(traceId);
});

it('takes former voters in as observers, whatever they had that the survivor had not', async () => {
  const cluster = await lostMajority();
  await cluster.run(2, 'voter');
  await cluster.run(3, 'voter');
  await cluster.activeWithin(5_000);
  await cluster.commit('never seen by 1');
  await cluster.stop(2);
  await cluster.stop(3);
  await recover(cluster, 1);
  await cluster.run(1, 'voter');
  const recovered = await cluster.activeWithin(5_000);
  await cluster.run(2, 'voter', [1]);
  await cluster.run(3, 'voter', [1]);
  await cluster.time.advance(20_000);
  expect(cluster.active()?.nodeId).toBe(1);
  await cluster.commit('after');
  for (const nodeId of [1, 2, 3]) expect(cluster.node(nodeId).driver.leader().leaderId).toBe(1);
  expect(
    cluster
      .node(1)
      .driver.describe()
      .voters.map(({ id }) => id),
  ).toEqual([1]);
  expect(cluster.active()!.epoch).toBeGreaterThanOrEqual(recovered.epoch);
});

it('survives a power cut once it has resolved, and can be done again after a crash in between', async () => {
  const cluster = await lostMajority();
  await recover(cluster, 1);
  cluster.disk(1).crash('lose-unsynced');
  expect(planRecovery(cluster.disk(1), subjectOf(1)).dropped).toEqual([]);
  await recover(cluster, 1);
  await cluster.run(1, 'voter');
  await cluster.commit('after');
});

it('goes on without the tail that a power cut has torn, and says what it cuts off', async () => {
  const cluster = await lostMajority();
  const path = `${FOLDER}/00000000000000000000.log`;
  const file = cluster.disk(1).open(path);
  const whole = planRecovery(cluster.disk(1), subjectOf(1));
  expect(whole.damage).toBeUndefined();
  file.pwrite(Buffer.alloc(200, 0x7f), file.size());
  file.close();
  const { plan, recoveryOffset } = await recover(cluster, 1);
  expect(plan.damage).toContain(path);
  expect(recoveryOffset).toBe(whole.logEndOffset);
  await cluster.run(1, 'voter');
  await cluster.commit('after');
  expect(cluster.node(1).listener.values).toEqual(['before', 'after']);
});

it('refuses a log that lacks committed records, and writes nothing down', async () => {
  const cluster = await lostMajority();
  const disk = cluster.disk(1);
  const log = disk.open(`${FOLDER}/00000000000000000000.log`);
  const content = Buffer.alloc(log.size());
  log.pread(content, 0);
  log.truncate(content.length - ([...batchesOf(content)].at(-1)?.bytes.length ?? 0));
  log.close();
  const state = readQuorumState(disk, FOLDER);
  await expect(recover(cluster, 1)).rejects.toThrow(UnusableMetadataLog);
  expect(readQuorumState(disk, FOLDER)).toEqual(state);
  expect(disk.list(FOLDER).filter((name) => name.startsWith('recovery'))).toEqual([]);
});

it('refuses a folder that a process uses', async () => {
  const cluster = await DriverCluster.start({ voters: [1] });
  await expect(recover(cluster, 1)).rejects.toThrow(UnusableLogFolder);
});
