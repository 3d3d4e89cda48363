// A quorum of three real controllers with a million partitions: creating them, memory, snapshots, restart, failover, and a
// broker that leads a tenth of them and goes, in order or not. The brokers are a process of the bench's that keeps no logs.
// CONTROLLER_SCALE_PARTITIONS names another number of partitions.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { milenaJson, startCluster } from '../conformance/cluster.mjs';
import { until } from '../conformance/process.mjs';
import { startOutside } from './outside/start-outside.mjs';

const partitions = Number(process.env.CONTROLLER_SCALE_PARTITIONS ?? '1000000');

export const title = `three controllers with ${partitions} partitions (RF 3, 10 brokers that keep no logs)`;

const width = 5_000;
const brokers = 10;

const residentMiB = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

async function heapMiB(cluster, id) {
  const page = await (await fetch(`http://${cluster.monitor('controller', id)}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes(?:\{[^}]*\})? ([\d.e+]+)/m.exec(page)?.[1]) / 2 ** 20;
}

async function isReady(cluster, id) {
  return (await fetch(`http://${cluster.monitor('controller', id)}/readyz`).catch(() => undefined))?.ok === true;
}

/** Milliseconds that the last snapshots took, by what the controllers' logs say. */
function snapshotsWritten(cluster) {
  const text = Buffer.concat(cluster.errors).toString();
  return [...text.matchAll(/"tookMs":(\d+),"msg":"wrote a snapshot of the metadata"/g)].map(([, ms]) => Number(ms));
}

const text = (ms) => (ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(0)} ms`);

export async function run(print) {
  const cluster = await startCluster({ controllers: 3, brokers: 1 });
  const ids = cluster.ids('controller');
  const listeners = ids.map((id) => cluster.listener('controller', id, 'CONTROLLER'));
  const { clusterId } = await milenaJson('quorum', 'describe', '--bootstrap-controller', listeners[0]);
  const outside = await startOutside(clusterId, listeners, { observes: true });
  try {
    cluster.signal('broker', 1, 'SIGTERM');
    await cluster.exited('broker', 1, 10_000);
    await outside.ask('brokers', { count: brokers });
    await measure({ cluster, outside, ids, print });
  } finally {
    outside.stop();
    await cluster.stop();
  }
}

async function measure({ cluster, outside, ids, print }) {
  const before = await heapMiB(cluster, ids[0]);
  const started = performance.now();
  await outside.ask('load', { partitions, width, replicationFactor: 3 });
  await outside.ask('seen', { partitions });
  const seconds = (performance.now() - started) / 1000;
  print(
    `created in ${seconds.toFixed(1)} s, ${Math.round(partitions / seconds)} partitions/s, until an observer has all`,
  );
  await delay(3_000);
  for (const id of ids) {
    const heap = await heapMiB(cluster, id);
    const perPartition = ((heap - before) * 2 ** 20) / partitions;
    const resident = residentMiB(cluster.pid('controller', id)).toFixed(0);
    print(
      `controller ${id}: heap ${heap.toFixed(0)} MiB (${perPartition.toFixed(0)} bytes a partition more), resident ${resident} MiB`,
    );
  }
  print(`snapshots took ${snapshotsWritten(cluster).map(text).join(', ') || '- none was written'}`);

  const active = await cluster.activeController();
  const standby = ids.find((id) => id !== active);
  cluster.signal('controller', standby, 'SIGTERM');
  await cluster.exited('controller', standby, 20_000);
  const restarted = performance.now();
  cluster.restart('controller', standby);
  await until('the restarted controller to be ready', 120_000, () => isReady(cluster, standby));
  print(`a standby restarted after SIGTERM is ready after ${text(performance.now() - restarted)}`);

  for (const signal of ['SIGTERM', 'SIGKILL']) {
    const leader = await cluster.activeController();
    cluster.signal('controller', leader, signal);
    const { ms, refusals } = await outside.ask('create', { width: 1, replicationFactor: 3 });
    print(`${signal} to the active controller: first committed create after ${text(ms)} (${refusals} refusals)`);
    await cluster.exited('controller', leader, 20_000);
    cluster.restart('controller', leader);
    await until('the controller to be ready again', 120_000, () => isReady(cluster, leader));
  }

  const stopped = await outside.ask('shutDown', { brokerId: 1001 });
  print(
    `controlled shutdown of a broker with ${stopped.leaderships} leaderships: all moved after ${text(stopped.movedMs)}, it may stop after ${text(stopped.mayStopMs)}`,
  );
  const crashed = await outside.ask('crash', { brokerId: 1002 });
  print(
    `a silent broker with ${crashed.leaderships} leaderships: noticed after ${text(crashed.noticedMs)}, then all moved within ${text(crashed.movedMs)}`,
  );
}
