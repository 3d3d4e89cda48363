// Makes a failing run small: `npm run sim -- --profile P --seed N --shrink`, and `--bug TEXT --shrink` for planted bugs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';

const LOG_LINES = 30;
/** Stacks of errors are longer; `--replay` shows them. */
const LINE_LENGTH = 240;

/** A player of runs that survives those that end the process: such a run is no violation, and tells nothing. */
function createPlayer(startWorker) {
  let worker = startWorker();
  return {
    async play(task) {
      try {
        return await worker.run({ ...task, withChoices: true });
      } catch {
        worker = startWorker();
        return { seed: task.seed, violation: undefined, choices: { settings: [], actions: [] } };
      }
    },
    end: () => worker.end(),
  };
}

/** The first of these seeds that fails; undefined when none does. */
async function firstFailure(player, task, seeds) {
  for (const seed of seeds) {
    const run = await player.play({ ...task, seed });
    if (run.violation !== undefined) return run;
  }
  return undefined;
}

function printShrunk({ scenario, run, story, log, file, commit }) {
  const { profile, seed, plantedBug, script } = scenario;
  const { invariant, message, atMs } = run.violation;
  const bug = plantedBug === undefined ? '' : `, planted bug "${plantedBug}"`;
  console.log(`SHRUNK ${profile} seed ${seed}${bug}, commit ${commit}, at ${atMs.toFixed(1)} ms of virtual time`);
  console.log(`  ${invariant}: ${message}`);
  const options = run.choices.settings.map(({ name, value }) => [name, value]);
  console.log(`  options: ${JSON.stringify(Object.fromEntries(options))}`);
  console.log(`  story, ${script.actions.length} actions:`);
  for (const line of story) console.log(`    ${line}`);
  console.log(`  the last lines logged:`);
  for (const line of log.slice(-LOG_LINES)) console.log(`    ${line.slice(0, LINE_LENGTH)}`);
  console.log(`  replay: npm run sim -- --replay ${file}`);
}

/**
 * Shrinks the first of `seeds` that fails and prints the story; false when none fails. `simulation` is the bundle,
 * the scenario is left below `root`, in dist/sim-shrunk, for `--replay`.
 */
export async function shrinkSeed({ simulation, startWorker, task, seeds, seconds, commit, root }) {
  const { shrinkScenario, countChoices, storyOf, formatScenario } = simulation;
  const player = createPlayer(startWorker);
  try {
    const failed = await firstFailure(player, task, seeds);
    if (failed === undefined) return false;
    const started = performance.now();
    const passed = () => (performance.now() - started) / 1000;
    const { run, script, runs } = await shrinkScenario(failed, {
      play: (seed, candidate) => player.play({ ...task, seed, script: candidate }),
      isOver: () => passed() > seconds,
    });
    const took = passed();
    const scenario = { ...task, seed: run.seed, invariant: run.violation.invariant, script };
    const { log = [] } = await player.play({ ...scenario, log: 'info' });
    const folder = join(root, 'dist', 'sim-shrunk');
    mkdirSync(folder, { recursive: true });
    const name = `${task.profile}-${failed.seed}-${task.plantedBug ?? 'found'}`.replaceAll(/[^a-z0-9]+/gi, '-');
    const file = join(folder, `${name}.json`);
    writeFileSync(file, formatScenario(scenario));
    printShrunk({ scenario, run, story: storyOf(script), log, file: relative(root, file), commit });
    console.log(
      `  seed ${failed.seed}: ${countChoices(failed.choices)} choices before, ${countChoices(run.choices)} after, ` +
        `${runs} runs in ${took.toFixed(0)} s`,
    );
    return true;
  } finally {
    player.end();
  }
}
