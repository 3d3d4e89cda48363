// `npm run conformance`: unmodified clients and Apache Kafka's own tools against real processes.
//   --only 04          cases whose file name begins so     --results FILE   counts as JSON
//   --all-needs        a case whose needs cannot be met fails instead of being skipped
// A case listed in known-failures.txt must fail; when it passes, the list is wrong and the run fails.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { root } from './cluster.mjs';
import { unmet } from './prerequisites.mjs';
import { run } from './process.mjs';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, results: { type: 'string' }, 'all-needs': { type: 'boolean', default: false } },
});
const folder = join(import.meta.dirname, 'cases');
const known = readFileSync(join(import.meta.dirname, 'known-failures.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(/\s/)[0]);
const counts = { passed: 0, failed: 0, skipped: 0 };

async function runCase({ name, test }) {
  const missing = await unmet(test.needs);
  if (missing !== undefined) {
    counts[options['all-needs'] ? 'failed' : 'skipped'] += 1;
    return console.log(`${options['all-needs'] ? 'FAILED ' : 'SKIPPED'} ${name}: ${missing}`);
  }
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
  const note = (text) => console.log(`        ${text}`);
  let error;
  try {
    await test.run(note);
  } catch (thrown) {
    error = thrown;
  }
  const expected = known.includes(name) ? 'fail' : 'pass';
  const actual = error === undefined ? 'pass' : 'fail';
  counts[expected === actual ? 'passed' : 'failed'] += 1;
  if (expected === actual)
    return console.log(
      `ok      ${name}: ${test.title} (${seconds()} s${expected === 'fail' ? ', known failure' : ''})`,
    );
  console.log(
    `FAILED  ${name}: ${test.title} (${seconds()} s)\n${error?.stack ?? 'listed in known-failures.txt, but it passes'}`,
  );
}

await run('nx', ['run-many', '-t', 'build'], { cwd: root, timeoutMs: 300_000, env: { NX_DAEMON: 'false' } });
const files = readdirSync(folder).filter((each) => each.endsWith('.mjs') && each.startsWith(options.only ?? ''));
const cases = await Promise.all(
  files.map(async (file) => ({ name: file.replace('.mjs', ''), test: await import(join(folder, file)) })),
);
for (const each of cases) await runCase(each);
if (options.results !== undefined) writeFileSync(options.results, JSON.stringify(counts));
console.log(`conformance: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);
