// A quorum of three real controllers with a million partitions: creating them, memory, snapshots, restart, failover, and a
// broker that leads a tenth of them and goes, in order or not. These brokers are a process of the bench's that keeps no logs;
// beside them a real broker, which has no replica, shows what the metadata cost every broker.
//   CONTROLLER_SCALE_PARTITIONS (1000000)      CONTROLLER_SCALE_ROUNDS (3): failovers of each kind
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { milenaJson, startCluster } from '../conformance/cluster.mjs';
import { spread, until } from '../conformance/process.mjs';
import { disturbances, endsProcess, failController, sayWhatIsMissing } from './outside/fail-controller.mjs';
import { liveBytes } from './outside/live-memory.mjs';
import { Rehearsals } from './outside/rehearsals.mjs';
import { startOutside } from './outside/start-outside.mjs';

const partitions = Number(process.env.CONTROLLER_SCALE_PARTITIONS ?? '1000000');
const rounds = Number(process.env.CONTROLLER_SCALE_ROUNDS ?? '3');

export const title = `three controllers with ${partitions} partitions (RF 3, 10 brokers that keep no logs)`;

const width = 5_000;
const brokers = 10;

const residentMiB = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

async function isReady(cluster, role, id) {
  return (await fetch(`http://${cluster.monitor(role, id)}/readyz`).catch(() => undefined))?.ok === true;
}

/** Milliseconds until a process that was started just now is ready. */
async function readyAfter(cluster, role, id) {
  const started = performance.now();
  await until(`${role} ${id} to be ready`, 120_000, () => {
    if (!cluster.isAlive(role, id)) throw new Error(`${role} ${id} has ended\n${cluster.recentLog()}`);
    return isReady(cluster, role, id);
  });
  return performance.now() - started;
}

/** Keeps what the nodes' logs say of snapshots, before the latest lines push it out. */
function listen({ cluster, heard }) {
  const lines = Buffer.concat(cluster.errors).toString().split('\n');
  for (const line of lines) if (line.endsWith(' a snapshot of the metadata"}')) heard.add(line);
}

/** Milliseconds that snapshots took, by node: those whose line begins its message with `verb`. */
function snapshotTimes({ heard }, verb) {
  const byNode = new Map();
  for (const line of heard) {
    const { service, node_id: id, tookMs, msg } = JSON.parse(line);
    if (!msg.startsWith(verb)) continue;
    const node = `${service === 'broker' ? 'broker' : 'controller'} ${id}`;
    byNode.set(node, [...(byNode.get(node) ?? []), text(tookMs)]);
  }
  return [...byNode].sort().map(([node, times]) => `${node}: ${times.join(', ')}`);
}

const text = (ms) => (ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(0)} ms`);

export async function run(print) {
  const rehearsals = new Rehearsals();
  const cluster = await startCluster({ controllers: 3, brokers: 1, log: (chunk) => rehearsals.take(String(chunk)) });
  const ids = cluster.ids('controller');
  const listeners = ids.map((id) => cluster.listener('controller', id, 'CONTROLLER'));
  const { clusterId } = await milenaJson('quorum', 'describe', '--bootstrap-controller', listeners[0]);
  const outside = await startOutside(clusterId, listeners, { observes: true });
  const bench = { cluster, outside, ids, rehearsals, print, heard: new Set() };
  try {
    const empty = {
      controller: await liveBytes(cluster.pid('controller', ids[0])),
      broker: await liveBytes(cluster.pid('broker', 1)),
    };
    // It gets no replicas while it is away.
    cluster.signal('broker', 1, 'SIGTERM');
    await cluster.exited('broker', 1, 20_000);
    await outside.ask('brokers', { count: brokers });
    await load(bench);
    await failOver(bench);
    await startBroker(bench);
    await weigh(bench, empty);
    await loseBrokers(bench);
  } finally {
    outside.stop();
    await cluster.stop();
  }
}

async function load(bench) {
  const { outside, print } = bench;
  const started = performance.now();
  await outside.ask('load', { partitions, width, replicationFactor: 3 });
  await outside.ask('seen', { partitions });
  const seconds = (performance.now() - started) / 1000;
  print(
    `created in ${seconds.toFixed(1)} s, ${Math.round(partitions / seconds)} partitions/s, until an observer has all`,
  );
  await delay(3_000);
  listen(bench);
}

async function failOver(bench) {
  const { cluster, print } = bench;
  const restarts = [];
  for (const how of disturbances) {
    const times = [];
    for (let done = 0; done < rounds; done += 1) {
      const leaderId = await cluster.activeController();
      listen(bench);
      times.push(await failController(bench, { leaderId, how }));
      const readyMs = await readyAfter(cluster, 'controller', leaderId);
      if (endsProcess(how)) restarts.push(readyMs);
    }
    print(`${how} of the active controller, first create that another one committed: ${spread(times)}`);
  }
  sayWhatIsMissing(print);
  print(`a controller that is started again is ready: ${spread(restarts)}`);
}

async function startBroker({ cluster, print }) {
  cluster.restart('broker', 1);
  print(`a broker that has none of the metadata yet is ready after ${text(await readyAfter(cluster, 'broker', 1))}`);
}

async function weigh(bench, empty) {
  const { cluster, ids, print } = bench;
  await delay(3_000);
  for (const [role, id] of [...ids.map((each) => ['controller', each]), ['broker', 1]]) {
    const pid = cluster.pid(role, id);
    const live = await liveBytes(pid);
    const each = ((live - empty[role]) / partitions).toFixed(0);
    print(
      `${role} ${id}: ${each} bytes a partition more than without, ${(live / 2 ** 20).toFixed(0)} MiB live, ${residentMiB(pid).toFixed(0)} MiB resident`,
    );
  }
  listen(bench);
  for (const verb of ['wrote', 'read']) {
    for (const line of snapshotTimes(bench, verb)) print(`${verb} snapshots: ${line}`);
  }
}

async function loseBrokers({ outside, print }) {
  const stopped = await outside.ask('shutDown', { brokerId: 1001 });
  print(
    `controlled shutdown of a broker with ${stopped.leaderships} leaderships: all moved after ${text(stopped.movedMs)}, it may stop after ${text(stopped.mayStopMs)}`,
  );
  const crashed = await outside.ask('crash', { brokerId: 1002 });
  print(
    `a silent broker with ${crashed.leaderships} leaderships: noticed after ${text(crashed.noticedMs)}, then all moved within ${text(crashed.movedMs)}`,
  );
}
