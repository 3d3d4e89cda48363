// `npm run sim`: runs seeds of the simulation in two processes.
//   --seeds N        N seeds of each profile (100 unless said otherwise), after those that once found a defect
//   --from N         the first of them (1)
//   --seed N         this one alone; when it fails, what its nodes logged is printed
//   --profile NAME   quorum or cluster alone
//   --twice          every seed again in fresh processes: the event hashes must be equal
//   --planted        plants each bug in turn and runs seeds, at most --seeds of them, until it is caught
//   --workers N      processes to use (2)
//   --log LEVEL      with --seed: print what nodes log from this level on (debug, info, warn, error), failing or not
// Prints each failure with the command that plays it again. Exit code 1 when anything failed.
import { execFileSync, fork } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
// Each run builds its own, because several may run at once.
const folder = join(root, 'dist', 'sim', String(process.pid));
const bundle = join(folder, 'simulation.cjs');

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    profile: { type: 'string' },
    twice: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    log: { type: 'string' },
  },
});

function whole(name) {
  const value = Number(flags[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`sim: --${name} must be a whole number, is ${flags[name]}`);
  process.exit(2);
}

const commit = execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=10'], {
  cwd: root,
  encoding: 'utf8',
}).trim();

/** Starts a worker; `run` gives it one task at a time. */
function startWorker() {
  const child = fork(join(root, 'tools', 'sim', 'worker.mjs'), [bundle], { execArgv: ['--enable-source-maps'] });
  let pending;
  child.on('message', (answer) => pending?.resolve(answer));
  child.on('exit', (code) => pending?.reject(new Error(`a simulation process ended with ${code}`)));
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject };
        child.send(task);
      }),
    end: () => {
      pending = undefined;
      child.disconnect();
    },
  };
}

/** Runs all tasks, one per worker at a time; `onReport` says false to leave the rest. */
async function runAll(tasks, onReport) {
  const queue = [...tasks];
  await Promise.all(
    Array.from({ length: Math.min(whole('workers'), queue.length) }, async () => {
      const worker = startWorker();
      try {
        for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
          if (onReport(task, await worker.run(task)) === false) queue.length = 0;
        }
      } finally {
        worker.end();
      }
    }),
  );
}

function printFailure({ profile, seed, violation }, extra = '') {
  const { invariant, message, atMs } = violation;
  console.log(`FAILED ${profile} seed ${seed}, commit ${commit}, at ${atMs.toFixed(1)} ms of virtual time`);
  console.log(`  ${invariant}: ${message}`);
  console.log(`  replay: npm run sim -- --profile ${profile} --seed ${seed}${extra}`);
}

function seedsToRun(profiles) {
  const [from, count] = [whole('from'), whole('seeds')];
  const known = JSON.parse(readFileSync(join(root, 'libs', 'simulation', 'regressions.json'), 'utf8'));
  const regressions = known.filter(({ profile }) => profiles.includes(profile));
  const seeds = profiles.flatMap((profile) =>
    Array.from({ length: count }, (_, index) => ({ profile, seed: from + index })),
  );
  return [...regressions.map(({ profile, seed }) => ({ profile, seed })), ...seeds];
}

async function runSeeds(tasks) {
  const started = performance.now();
  const hashes = new Map();
  const totals = { seeds: 0, simulatedMs: 0, acknowledged: 0, violations: 0, mismatches: 0 };
  await runAll(tasks, (task, report) => {
    hashes.set(`${task.profile} ${task.seed}`, report.hash);
    totals.seeds += 1;
    totals.simulatedMs += report.simulatedMs;
    totals.acknowledged += report.acknowledged;
    if (report.violation === undefined) return true;
    totals.violations += 1;
    printFailure(report);
    for (const line of report.log ?? []) console.log(`    ${line}`);
    return true;
  });
  const seconds = (performance.now() - started) / 1000;
  if (flags.twice) {
    await runAll(tasks, ({ profile, seed }, { hash }) => {
      const before = hashes.get(`${profile} ${seed}`);
      if (before === hash) return true;
      totals.mismatches += 1;
      console.log(`DIFFERS ${profile} seed ${seed}, commit ${commit}: ${before}, then ${hash}`);
      return true;
    });
    console.log(`${totals.seeds} seeds twice, in fresh processes: ${totals.mismatches} hashes differ`);
  }
  const speed = Math.round(totals.simulatedMs / 1000 / seconds);
  console.log(
    `${totals.seeds} seeds, ${totals.acknowledged} writes acknowledged, ${speed} simulated seconds per second, ` +
      `${totals.violations} violations`,
  );
  return totals.violations + totals.mismatches === 0;
}

async function runPlanted(bugs) {
  let escaped = 0;
  for (const { bug, profile } of bugs) {
    const tasks = Array.from({ length: whole('seeds') }, (_, index) => ({
      profile,
      seed: index + 1,
      plantedBug: bug,
    }));
    let caught;
    await runAll(tasks, (_, report) => {
      if (report.violation === undefined) return caught === undefined;
      if (caught === undefined || report.seed < caught.seed) caught = report;
      return false;
    });
    if (caught === undefined) escaped += 1;
    const outcome =
      caught === undefined ? `ESCAPED ${whole('seeds')} seeds` : `seed ${caught.seed}: ${caught.violation.invariant}`;
    console.log(`planted bug ${bug} (${profile}): ${outcome}`);
  }
  console.log(`${bugs.length} bugs planted, ${escaped} escaped`);
  return escaped === 0;
}

async function main() {
  await build({
    absWorkingDir: root,
    entryPoints: ['libs/simulation/src/index.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    conditions: ['@milena/source'],
    external: ['@grpc/grpc-js', 'pino', '@node-rs/crc32', '@opentelemetry/api'],
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  const { PROFILES, PLANTED_BUGS } = createRequire(import.meta.url)(bundle);
  const names = PROFILES.map(({ name }) => name);
  if (flags.profile !== undefined && !names.includes(flags.profile)) {
    console.error(`sim: there is no profile ${flags.profile}; there are ${names.join(' and ')}`);
    return 2;
  }
  const profiles = flags.profile === undefined ? names : [flags.profile];
  if (flags.planted) {
    return (await runPlanted(PLANTED_BUGS.filter(({ profile }) => profiles.includes(profile)))) ? 0 : 1;
  }
  const log = { log: flags.log ?? 'info', always: flags.log !== undefined };
  const one = () => profiles.map((profile) => ({ profile, seed: whole('seed'), ...log }));
  return (await runSeeds(flags.seed === undefined ? seedsToRun(profiles) : one())) ? 0 : 1;
}

mkdirSync(folder, { recursive: true });
try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
