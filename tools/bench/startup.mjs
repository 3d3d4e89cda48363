// Time from spawning `milena dev --json` on an empty data folder to its ready line, and memory per process then.
import { readFileSync } from 'node:fs';
import { startCluster } from '../conformance/cluster.mjs';

export const title = 'start-up: spawn of `milena dev --json` to ready, empty data folder';

const shapes = [
  { name: 'one process', controllers: 1, brokers: 1 },
  { name: '3 + 3 processes', controllers: 3, brokers: 3 },
];
const rounds = 5;

/** Resident set of a process in MiB, from /proc. */
function residentMiB(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

const median = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];

export async function run(print) {
  const times = new Map(shapes.map(({ name }) => [name, []]));
  const memory = new Map();
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, controllers, brokers } of shapes) {
      const cluster = await startCluster({ controllers, brokers });
      times.get(name).push(cluster.readyAfterMs);
      const pids = new Map(cluster.ready.processes.map(({ role, id, pid }) => [pid, `${role} ${id}`]));
      pids.set(cluster.dev.pid, pids.get(cluster.dev.pid) ?? 'dev');
      memory.set(name, [...pids].map(([pid, who]) => `${who} ${residentMiB(pid).toFixed(0)}`).join(', '));
      await cluster.stop();
    }
  }
  for (const { name } of shapes) {
    print(
      `${name}: median ${median(times.get(name)).toFixed(0)} ms (${times
        .get(name)
        .map((each) => each.toFixed(0))
        .join(', ')})`,
    );
    print(`${name}: resident MiB when ready: ${memory.get(name)}`);
  }
}
