// One process of tools/sim: runs the seeds it is sent, one at a time, and answers with their reports.
import { createRequire } from 'node:module';

const { runSeed, CRASH_SCENARIOS, countEffects, playCrash } = createRequire(import.meta.url)(process.argv[2]);
const LEVELS = ['debug', 'info', 'warn', 'error'];
const LINES_MAX = 200;
/** Most buffers of a run are small: cut out of large ones they cost a third of an allocation of their own. */
Buffer.poolSize = 128 * 1024;

function text({ atMs, level, message, facts }) {
  const { host, ...rest } = facts;
  const shown = JSON.stringify(rest, (_, value) => (value instanceof Error ? value.stack : value));
  return `${atMs.toFixed(1).padStart(9)} ${level.padEnd(5)} ${host ?? ''} ${message} ${shown === '{}' ? '' : shown}`;
}

process.on('message', async (task) => {
  if (task.crashPoints === undefined) return void process.send(await playSeed(task));
  const scenario = CRASH_SCENARIOS.find(({ name }) => name === task.crashPoints);
  const { at, mode } = task;
  process.send(at === undefined ? await countEffects(scenario) : await playCrash(scenario, at, mode));
});

async function playSeed({ profile, seed, plantedBug, script, log, always, withChoices }) {
  const lines = [];
  const options = { ...(plantedBug !== undefined && { plantedBug }), ...(script !== undefined && { script }) };
  if (log !== undefined) {
    options.onLog = (line) => {
      if (LEVELS.indexOf(line.level) < LEVELS.indexOf(log)) return;
      if (always) console.log(text(line));
      else lines.push(text(line));
      if (lines.length > LINES_MAX) lines.shift();
    };
  }
  const { choices, ...report } = await runSeed(profile, seed, options);
  return { ...report, ...(withChoices && { choices }), ...(lines.length > 0 && { log: lines }) };
}
