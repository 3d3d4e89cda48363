import { adminCallers } from '../clients/admin-callers.mjs';
import { configOf, startJoiner } from '../clients/controllers.mjs';
import { disksAgree } from '../clients/metadata-on-disks.mjs';
import { startWriters } from '../clients/metadata-writers.mjs';
import { milenaJson, startCluster } from '../cluster.mjs';
import { expect, until } from '../process.mjs';

export const title =
  'controllers restarted twice and replaced by others, brokers restarted, while topics are created, changed and deleted: no write fails or is lost';
export const needs = ['kcat'];

/** The quorum as its leader describes it, asked through the gateway. */
function quorumOf(cluster) {
  const [gateway] = cluster.ids('gateway');
  return adminCallers['JSON over HTTP']({ http: cluster.monitor('gateway', gateway) })('QuorumService/GetQuorum', {});
}

/** Waits until `accepts` likes the quorum. */
function untilQuorum(what, cluster, accepts) {
  return until(what, 60_000, async () => {
    const { quorum } = await quorumOf(cluster).catch(() => ({}));
    return quorum !== undefined && accepts(quorum) ? quorum : undefined;
  });
}

/** Waits until these are the voters, and none is far behind. */
function untilLevel(cluster, ids) {
  const isLevel = ({ nodeId, lag }) => ids.includes(nodeId) && lag !== undefined && Number(lag) < 50;
  return untilQuorum(
    `voters ${ids} to be level`,
    cluster,
    ({ voters }) => voters.length === ids.length && voters.every(isLevel),
  );
}

async function isReady(cluster, role, id) {
  const page = `http://${cluster.monitor(role, id)}/readyz`;
  return (await fetch(page, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined))?.status === 200;
}

async function restartOne(cluster, role, id) {
  cluster.signal(role, id, 'SIGTERM');
  const code = await cluster.exited(role, id, 20_000);
  expect(code === undefined || code === 0, `${role} ${id} ended with code ${code}`);
  cluster.restart(role, id);
  await until(`${role} ${id} to be ready`, 30_000, () => isReady(cluster, role, id));
}

async function restartControllers(cluster, ids) {
  for (const id of ids) {
    await restartOne(cluster, 'controller', id);
    await untilLevel(cluster, ids);
  }
}

async function restartBrokers(cluster) {
  for (const id of cluster.ids('broker')) {
    await restartOne(cluster, 'broker', id);
    await cluster.seesBrokers(cluster.ids('broker').length, 30_000);
  }
}

/** Adds a controller with an id and a disk of its own, then removes an old one; gives the voters. */
async function replace(cluster, { old, id, voters, note }) {
  const steps = [];
  const step = async (name, work) => {
    const started = performance.now();
    const result = await work;
    steps.push(`${name} ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return result;
  };
  const bootstrap = voters.map((each) => cluster.listener('controller', each, 'CONTROLLER'));
  const config = await step('formatted', startJoiner(cluster, { id, model: old, bootstrap }));
  const follows = ({ observers }) => observers.some(({ nodeId }) => nodeId === id);
  await step('follows', untilQuorum(`${id} to follow`, cluster, follows));
  const at = ['--bootstrap-controller', bootstrap.join()];
  await step('added', milenaJson('quorum', 'add-controller', '--config', config, ...at));
  const wider = await step('level', untilLevel(cluster, [...voters, id]));
  const { directoryId } = wider.voters.find(({ nodeId }) => nodeId === old);
  const remove = ['remove-controller', '--controller-id', `${old}`, '--controller-directory-id', directoryId];
  await step('removed', milenaJson('quorum', ...remove, ...at));
  const left = [...voters.filter((each) => each !== old), id];
  await step('level', untilLevel(cluster, left));
  cluster.signal('controller', old, 'SIGTERM');
  await step('stopped', cluster.exited('controller', old, 20_000));
  note(`${old} replaced by ${id}: ${steps.join(', ')}`);
  return left;
}

export async function run(note) {
  const cluster = await startCluster({ controllers: 3, brokers: 3, gateways: 1 });
  const first = cluster.ids('controller');
  const [gateway] = cluster.ids('gateway');
  const load = startWriters({ bootstrap: cluster.bootstrap, gateway: cluster.monitor('gateway', gateway) });
  const timed = async (what, work) => {
    const [started, before] = [performance.now(), load.acknowledged()];
    const result = await work();
    const writes = load.acknowledged().map((count, index) => count - before[index]);
    expect(Math.min(...writes) > 0, `no write was acknowledged while ${what}: ${writes}`);
    note(
      `${what}: ${((performance.now() - started) / 1000).toFixed(1)} s, ${writes.join(' and ')} writes acknowledged`,
    );
    return result;
  };
  try {
    await untilLevel(cluster, first);
    for (const round of ['first', 'second'])
      await timed(`controllers restarted, ${round} round`, () => restartControllers(cluster, first));
    await timed('brokers restarted', () => restartBrokers(cluster));
    const voters = await timed('controllers replaced', async () => {
      let now = first;
      for (const old of first) now = await replace(cluster, { old, id: old + 10, voters: now, note });
      return now;
    });
    expect(!voters.some((id) => first.includes(id)), `old voters are left: ${voters}`);
    expect(configOf(cluster, voters[0]) !== configOf(cluster, first[0]), 'the new controllers have files of their own');
    const writers = await load.stop();
    for (const { name, failures, retries, acknowledged, slowestMs } of writers) {
      expect(failures.length === 0, `${name}: ${failures.length} writes failed: ${failures.slice(0, 3).join('; ')}`);
      const told = [...retries].map(([code, count]) => `${code} ${count}`).join(', ') || 'nothing';
      note(
        `${name}: ${acknowledged} acknowledged, slowest answer after ${Math.round(slowestMs)} ms; told before it asked again: ${told}`,
      );
    }
    const nodes = await disksAgree(cluster, voters, writers);
    note(`the disks of ${nodes} nodes agree on all of it`);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await load.stop().catch(() => {});
    await cluster.stop();
  }
}
