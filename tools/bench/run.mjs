// `npm run bench [-- NAME]`: runs the benchmarks beside this file and prints what they measured, with the machine they ran on.
import { readdirSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { run as runCommand } from '../conformance/process.mjs';
import { root } from '../conformance/cluster.mjs';
import { enterOwnNetwork } from './outside/network-cut.mjs';

const only = process.argv[2];
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.replace('.mjs', ''))
  .filter((name) => only === undefined || name === only);
if (names.length === 0) {
  console.error(`no such benchmark: ${only}`);
  process.exit(2);
}
enterOwnNetwork();

await runCommand('nx', ['run-many', '-t', 'build'], { cwd: root, timeoutMs: 300_000, env: { NX_DAEMON: 'false' } });
const { stdout: commit } = await runCommand('git', ['rev-parse', '--short', 'HEAD'], { cwd: root });
console.log(
  `commit ${commit.trim()}, Node ${process.version}, ${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
for (const name of names) {
  const bench = await import(join(import.meta.dirname, `${name}.mjs`));
  console.log(`${name}: ${bench.title} (load ${loadavg()[0].toFixed(1)})`);
  await bench.run((line) => console.log(`  ${line}`));
}
