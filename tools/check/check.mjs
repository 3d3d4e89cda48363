// `npm run check`: format, types, lint with layer boundaries, tidy, generated files, every spec but the long simulation, and a
// short one. `npm test` has the long one.
//   --without-tests   everything but the specs and the simulation
// Two steps run at a time; a failing step's output is printed whole, a passing one says how long it took.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const withoutTests = process.argv.includes('--without-tests');
const steps = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['types', ['tsc', '-b']],
  ['lint', ['sh', '-c', 'nx show projects > /dev/null && eslint libs apps --max-warnings 0']],
  ['tidy', ['node', 'tools/tidy/tidy.mjs']],
  ['generated', ['node', 'tools/generate/generate.mjs', '--check']],
  ...(withoutTests
    ? []
    : [
        ['specs', ['jest', '--testPathIgnorePatterns', 'libs/simulation/test/']],
        ['simulation', ['node', 'tools/sim/sim.mjs', '--seeds', '20']],
      ]),
];

function run([name, [command, ...args]]) {
  const started = performance.now();
  // The project graph must be computed in this checkout, not asked of a daemon that another one started.
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (code !== 0) process.stdout.write(Buffer.concat(output));
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
      resolve(code === 0);
    });
  });
}

async function worker(queue, outcomes) {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) outcomes.push(await run(step));
}

const outcomes = [];
await Promise.all([worker(steps, outcomes), worker(steps, outcomes)]);
process.exit(outcomes.every(Boolean) ? 0 : 1);
