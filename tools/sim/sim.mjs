// `npm run sim`: runs seeds of the simulation in two processes.
//   --seeds N        N seeds of each profile (100 unless said otherwise), after those that once found a defect
//   --from N         the first of them (1)
//   --seed N         this one alone; when it fails, what its nodes logged is printed
//   --profile NAME   quorum, controller or cluster alone
//   --twice          every seed again in fresh processes: the event hashes must be equal
//   --determinism    200 seeds of the quorum (--seeds says otherwise), twice in one process and once in a fresh one
//   --planted        plants each bug in turn and runs seeds, at most 1000 of them (--seeds), until it is caught
//   --bug TEXT       the bugs whose name contains it: with --planted only those, with --seed plants each of them
//   --shrink         with --seed, or with --bug for the first seed that catches it: looks for the smallest story that still
//                    fails, prints it and leaves it in dist/sim-shrunk
//   --within SECONDS time for --shrink (300)
//   --replay FILE    plays the story in a file; fails when it breaks a promise, or when it has a planted bug and breaks none
//   --crash-points N every N-th effect of each scenario of crash-points.ts is a crash, in three disk modes
//   --crash NAME     one of those crashes alone, at effect --at N in disk mode --mode (keep, lose-unsynced, tear); when it
//                    breaks a promise, what the nodes logged is printed
//   --workers N      processes to use (2)
//   --log LEVEL      with --seed or --crash: print what nodes log from this level on (debug, info, warn, error), failing or not
// Prints each seed that fails with the commands that play it again and shrink it. Exit code 1 when anything failed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleSimulation } from './bundle-simulation.mjs';
import { shrinkSeed } from './shrink.mjs';
import { createWorkers } from './workers.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
// Each run builds its own, because several may run at once.
const folder = join(root, 'dist', 'sim', String(process.pid));
const bundle = join(folder, 'simulation.cjs');
/** Seeds that a story with a planted bug may try: what is luck in it changes with the code. */
const LUCKS = 10;
const CRASH_MODES = ['keep', 'lose-unsynced', 'tear'];

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    profile: { type: 'string' },
    twice: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    determinism: { type: 'boolean', default: false },
    bug: { type: 'string' },
    'crash-points': { type: 'string' },
    crash: { type: 'string' },
    at: { type: 'string' },
    mode: { type: 'string', default: 'keep' },
    workers: { type: 'string', default: '2' },
    log: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    within: { type: 'string', default: '300' },
    replay: { type: 'string' },
  },
});

function whole(name, fallback) {
  const value = Number(flags[name] ?? fallback);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`sim: --${name} must be a whole number, is ${flags[name]}`);
  process.exit(2);
}

const commit = execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=10'], {
  cwd: root,
  encoding: 'utf8',
}).trim();

const { startWorker, runAll, endAll } = createWorkers(bundle, whole('workers'));

function printFailure({ profile, seed, plantedBug, script }, { violation }) {
  const { invariant, message, atMs } = violation;
  const what = `${profile} ${script === undefined ? 'seed' : 'story, seed'} ${seed}`;
  console.log(`FAILED ${what}, commit ${commit}, at ${atMs.toFixed(1)} ms of virtual time`);
  console.log(`  ${invariant}: ${message}`);
  if (script !== undefined) return;
  const command = `npm run sim -- --profile ${profile} --seed ${seed}${plantedBug ? ` --bug "${plantedBug}"` : ''}`;
  console.log(`  replay: ${command}`);
  console.log(`  shrink: ${command} --shrink`);
}

/** What once found a defect: seeds, and stories that were shrunk, some of them with the bug planted that they catch. */
function readRegressions(profiles) {
  const known = JSON.parse(readFileSync(join(root, 'libs', 'simulation', 'regressions.json'), 'utf8'));
  return known.filter(({ profile }) => profiles.includes(profile)).map(({ found: _found, ...task }) => task);
}

function seedsToRun(profiles) {
  const [from, count] = [whole('from'), whole('seeds', 100)];
  const seeds = profiles.flatMap((profile) =>
    Array.from({ length: count }, (_, index) => ({ profile, seed: from + index })),
  );
  // A story that catches a planted bug is one of a quorum that keeps its promises without the bug.
  const regressions = readRegressions(profiles).map(({ plantedBug: _plantedBug, ...task }) => task);
  return [...regressions, ...seeds];
}

/** Plays stories that catch a planted bug: each must still do, whatever luck of a few it takes. */
async function runStories(stories) {
  const caught = new Set();
  const tasks = stories.flatMap((story) =>
    Array.from({ length: LUCKS }, (_, luck) => ({ ...story, story, seed: story.seed + luck })),
  );
  await runAll(
    tasks,
    ({ story }, { violation }) => {
      if (violation !== undefined) caught.add(story);
      return true;
    },
    ({ story }) => !caught.has(story),
  );
  for (const { profile, plantedBug, invariant } of stories.filter((story) => !caught.has(story))) {
    console.log(
      `FAILED ${profile} story of "${plantedBug}", commit ${commit}: no luck of ${LUCKS} breaks ${invariant} or anything else`,
    );
  }
  if (stories.length > 0) console.log(`${caught.size} of ${stories.length} stories catch their planted bug`);
  return caught.size === stories.length;
}

async function runSeeds(tasks, rareStates) {
  const started = performance.now();
  const hashes = new Map();
  const marks = new Map();
  const totals = { seeds: 0, simulatedMs: 0, acknowledged: 0, violations: 0, mismatches: 0 };
  await runAll(tasks, (task, report) => {
    hashes.set(`${task.profile} ${task.seed} ${task.script === undefined}`, report.hash);
    totals.seeds += 1;
    totals.simulatedMs += report.simulatedMs;
    totals.acknowledged += report.acknowledged;
    for (const mark of report.marks) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    if (report.violation === undefined) return true;
    totals.violations += 1;
    printFailure(task, report);
    for (const line of report.log ?? []) console.log(`    ${line}`);
    return true;
  });
  const seconds = (performance.now() - started) / 1000;
  if (flags.twice) {
    endAll();
    await runAll(tasks, ({ profile, seed, script }, { hash }) => {
      const before = hashes.get(`${profile} ${seed} ${script === undefined}`);
      if (before === hash) return true;
      totals.mismatches += 1;
      console.log(`DIFFERS ${profile} seed ${seed}, commit ${commit}: ${before}, then ${hash}`);
      return true;
    });
    console.log(`${totals.seeds} seeds twice, in fresh processes: ${totals.mismatches} hashes differ`);
  }
  if (flags.seed === undefined) printRareStates(rareStates, marks, totals.seeds);
  const speed = Math.round(totals.simulatedMs / 1000 / seconds);
  console.log(
    `${totals.seeds} seeds, ${totals.acknowledged} writes acknowledged, ${speed} simulated seconds per second, ` +
      `${totals.violations} violations`,
  );
  return totals.violations + totals.mismatches === 0;
}

/** Names the rare states that too few seeds reached: what is not reached is not checked. */
function printRareStates(states, counts, seeds) {
  const seldom = states.filter((state) => (counts.get(state) ?? 0) < 3);
  console.log(
    `${states.length - seldom.length} of ${states.length} rare states reached by 3 seeds or more of ${seeds}`,
  );
  for (const state of seldom) console.log(`  reached by ${counts.get(state) ?? 0}: ${state}`);
}

async function runPlanted(bugs) {
  let escaped = 0;
  const seedsTaken = [];
  const cap = whole('seeds', 1000);
  for (const { bug, profile } of bugs) {
    const tasks = Array.from({ length: cap }, (_, index) => ({ profile, seed: index + 1, plantedBug: bug }));
    let caught;
    await runAll(tasks, (_, report) => {
      if (report.violation === undefined) return caught === undefined;
      if (caught === undefined || report.seed < caught.seed) caught = report;
      return false;
    });
    if (caught === undefined) escaped += 1;
    else seedsTaken.push(caught.seed);
    const outcome =
      caught === undefined ? `ESCAPED ${cap} seeds` : `seed ${caught.seed}: ${caught.violation.invariant}`;
    console.log(`planted bug ${bug} (${profile}): ${outcome}`);
  }
  const median = seedsTaken.toSorted((left, right) => left - right)[seedsTaken.length >> 1];
  console.log(`${bugs.length} bugs planted, ${escaped} escaped, median ${median ?? 'none'} seeds`);
  return escaped === 0;
}

/** Each seed twice in one process, whatever ran before and between, and once in a fresh one: one hash. */
async function runDeterminism() {
  const count = whole('seeds', 200);
  const profile = flags.profile ?? 'quorum';
  const tasks = Array.from({ length: count }, (_, index) => ({ profile, seed: whole('from') + index }));
  const hashes = new Map();
  let differ = 0;
  const take = ({ seed }, { hash }) => {
    if (!hashes.has(seed)) hashes.set(seed, hash);
    if (hashes.get(seed) === hash) return true;
    differ += 1;
    console.log(`DIFFERS ${profile} seed ${seed}, commit ${commit}: ${hashes.get(seed)}, then ${hash}`);
    return true;
  };
  const processes = Math.min(whole('workers'), count);
  await Promise.all(
    Array.from({ length: processes }, async (_, at) => {
      const own = tasks.filter((_, index) => index % processes === at);
      const alone = createWorkers(bundle, 1);
      await alone.runAll([...own, ...own.toReversed()], take);
      alone.endAll();
      await alone.runAll(own, take);
      alone.endAll();
    }),
  );
  console.log(`${count} seeds twice in one process and once in a fresh one: ${differ} hashes differ`);
  return differ === 0;
}

function printCrash({ crashPoints: name, at, mode }, { violation }) {
  console.log(`FAILED ${name}, crash (${mode}) at effect ${at}, commit ${commit}`);
  console.log(`  ${violation.invariant}: ${violation.message}`);
  console.log(`  replay: npm run sim -- --crash "${name}" --at ${at} --mode ${mode}`);
}

/** Plays one crash of one scenario; without an effect, the scenario without a crash. */
async function runCrash(scenarios, log) {
  if (!scenarios.includes(flags.crash) || !CRASH_MODES.includes(flags.mode)) {
    console.error(`sim: --crash is one of: ${scenarios.join(', ')}; --mode one of: ${CRASH_MODES.join(', ')}`);
    return 2;
  }
  const crash = flags.at === undefined ? {} : { at: whole('at'), mode: flags.mode };
  const task = { crashPoints: flags.crash, ...crash };
  const report = await oneTask({ ...task, ...log });
  for (const line of report.log ?? []) console.log(`    ${line}`);
  if (report.violation !== undefined) printCrash(task, report);
  else console.log(`${flags.crash}: ${report.effects} effects, nothing broken`);
  return report.violation === undefined ? 0 : 1;
}

async function runCrashPoints(scenarios) {
  const every = whole('crash-points');
  let runs = 0;
  let failed = 0;
  for (const name of scenarios) {
    const { effects } = await oneTask({ crashPoints: name });
    const points = Array.from({ length: Math.ceil(effects / every) }, (_, index) => 1 + index * every);
    const tasks = points.flatMap((at) => CRASH_MODES.map((mode) => ({ crashPoints: name, at, mode })));
    await runAll(tasks, (task, report) => {
      runs += 1;
      if (report.violation === undefined) return true;
      failed += 1;
      printCrash(task, report);
      return true;
    });
    console.log(`${name}: ${effects} effects, ${tasks.length} crashes`);
  }
  console.log(`${scenarios.length} scenarios, ${runs} crashes, ${failed} violations`);
  return failed === 0;
}

async function oneTask(task) {
  let answer;
  await runAll([task], (_, report) => (answer = report));
  return answer;
}

/** What seeds are played of: the profiles as they are, or with each bug that was asked for. */
function kindsToRun(bugs, profiles) {
  if (flags.bug === undefined) return profiles.map((profile) => ({ profile }));
  return bugs.map(({ bug, profile }) => ({ profile, plantedBug: bug }));
}

/** Shrinks the seed that is named, or for each planted bug that is named the first seed that catches it. */
async function runShrink(simulation, bugs, profiles) {
  const options = { simulation, startWorker, seconds: whole('within'), commit, root };
  const seeds =
    flags.seed === undefined
      ? Array.from({ length: whole('seeds', 1000) }, (_, at) => whole('from') + at)
      : [whole('seed')];
  let escaped = 0;
  for (const task of kindsToRun(bugs, profiles)) {
    if (await shrinkSeed({ ...options, task, seeds })) continue;
    escaped += 1;
    console.log(`${task.profile} ${task.plantedBug ?? ''}: no seed of ${seeds.length} fails`);
  }
  return escaped === 0;
}

/** Plays the story in a file. */
async function runReplay({ parseScenario }) {
  const { invariant, ...task } = parseScenario(readFileSync(flags.replay, 'utf8'));
  const report = await oneTask({ ...task, log: flags.log ?? 'info', always: flags.log !== undefined });
  for (const line of report.log ?? []) console.log(`    ${line}`);
  if (report.violation === undefined) console.log(`${task.profile} story, seed ${task.seed}: ${invariant} is kept`);
  else printFailure(task, report);
  return (report.violation === undefined) === (task.plantedBug === undefined);
}

async function main() {
  await bundleSimulation(bundle);
  const simulation = createRequire(import.meta.url)(bundle);
  const { PROFILES, PLANTED_BUGS, CRASH_SCENARIOS, RARE_STATES } = simulation;
  const names = PROFILES.map(({ name }) => name);
  if (flags.profile !== undefined && !names.includes(flags.profile)) {
    console.error(`sim: there is no profile ${flags.profile}; there are ${names.join(' and ')}`);
    return 2;
  }
  const profiles = flags.profile === undefined ? names : [flags.profile];
  const bugs = PLANTED_BUGS.filter(({ bug, profile }) => profiles.includes(profile) && bug.includes(flags.bug ?? ''));
  if (flags.bug !== undefined && bugs.length === 0) {
    console.error(`sim: no planted bug of ${profiles.join(' and ')} has a name with "${flags.bug}"`);
    return 2;
  }
  if (flags.replay !== undefined) return (await runReplay(simulation)) ? 0 : 1;
  if (flags.shrink) return (await runShrink(simulation, bugs, profiles)) ? 0 : 1;
  if (flags.planted) return (await runPlanted(bugs)) ? 0 : 1;
  if (flags.determinism) return (await runDeterminism()) ? 0 : 1;
  const scenarios = CRASH_SCENARIOS.map(({ name }) => name);
  if (flags['crash-points'] !== undefined) return (await runCrashPoints(scenarios)) ? 0 : 1;
  const log = { log: flags.log ?? 'info', always: flags.log !== undefined };
  if (flags.crash !== undefined) return runCrash(scenarios, log);
  const one = () => kindsToRun(bugs, profiles).map((kind) => ({ ...kind, seed: whole('seed'), ...log }));
  if (flags.seed !== undefined) return (await runSeeds(one(), RARE_STATES)) ? 0 : 1;
  const stories = readRegressions(profiles).filter(({ plantedBug }) => plantedBug !== undefined);
  const areCaught = await runStories(stories);
  return (await runSeeds(seedsToRun(profiles), RARE_STATES)) && areCaught ? 0 : 1;
}

mkdirSync(folder, { recursive: true });
try {
  process.exitCode = await main();
} finally {
  endAll();
  rmSync(folder, { recursive: true, force: true });
}
