// How much simulated time passes in a second, by profile, over seeds that are always the same: one process, a first round to
// warm up, medians of three. Beside the wall clock the processor time of the process, which other load disturbs less.
//   SIMULATION_SEEDS (10): of each profile      SIMULATION_BUNDLE: another bundle of the lib to measure instead
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../conformance/cluster.mjs';
import { bundleSimulation } from '../sim/bundle-simulation.mjs';
import { WORKER_FLAGS } from '../sim/workers.mjs';

const seeds = process.env.SIMULATION_SEEDS ?? '10';

export const title = `simulated seconds per second of one process, seeds 1 to ${seeds} of each profile`;

async function bundle() {
  const folder = join(root, 'dist', 'bench');
  mkdirSync(folder, { recursive: true });
  return bundleSimulation(join(folder, 'simulation.cjs'));
}

export async function run(print) {
  const path = process.env.SIMULATION_BUNDLE ?? (await bundle());
  const script = join(import.meta.dirname, 'simulation', 'measure.mjs');
  for (const profile of ['quorum', 'controller', 'cluster']) {
    const { stdout, status } = spawnSync(process.execPath, [...WORKER_FLAGS, script, path, profile, seeds], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Error(`simulation ${profile} ended with ${status}`);
    print(`${profile}: ${stdout.trim()}`);
  }
}
