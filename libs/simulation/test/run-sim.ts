import { execFile } from 'node:child_process';
import { join } from 'node:path';

const SIM = join(__dirname, '..', '..', '..', 'tools', 'sim', 'sim.mjs');

/** Time limit of a spec that runs seeds: generous, because a slow machine proves as much as a fast one. */
export const SIM_TIMEOUT_MS = 900_000;

/** How a run of `npm run sim` ended. */
export interface SimRun {
  readonly exitCode: number;
  /** What it printed. */
  readonly lines: readonly string[];
}

/**
 * Runs `npm run sim` with these arguments in a process of its own: bundled code runs several times faster than in the
 * sandbox that specs run in.
 */
export function runSim(...args: readonly string[]): Promise<SimRun> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SIM, '--workers', '1', ...args], { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, lines: `${stdout}${stderr}`.trim().split('\n') });
    });
  });
}
