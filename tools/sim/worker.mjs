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
  const { options, lines } = recorder(task);
  const report = await (task.crashPoints === undefined ? playSeed(task, options) : playScenario(task, options));
  process.send({ ...report, ...(report.violation && lines.length > 0 && { log: lines }) });
});

/** Takes in what nodes log from a level on: prints it, or keeps the last lines. */
function recorder({ log, always }) {
  const lines = [];
  const onLog = (line) => {
    if (LEVELS.indexOf(line.level) < LEVELS.indexOf(log)) return;
    if (always) console.log(text(line));
    else lines.push(text(line));
    if (lines.length > LINES_MAX) lines.shift();
  };
  return { lines, options: log === undefined ? {} : { onLog } };
}

function playScenario({ crashPoints, at, mode }, options) {
  const scenario = CRASH_SCENARIOS.find(({ name }) => name === crashPoints);
  return at === undefined ? countEffects(scenario, options) : playCrash(scenario, at, mode, options);
}

async function playSeed({ profile, seed, plantedBug, script, withChoices }, onLog) {
  const options = {
    ...(plantedBug !== undefined && { plantedBug }),
    ...(script !== undefined && { script }),
    ...onLog,
  };
  const { choices, ...report } = await runSeed(profile, seed, options);
  return { ...report, ...(withChoices && { choices }) };
}
