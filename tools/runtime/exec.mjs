// Runs one of the project's commands under the pinned Node, installing first what is missing:
//   node tools/runtime/exec.mjs tools/start/start.mjs --json      a script
//   node tools/runtime/exec.mjs jest --runInBand                  a binary of node_modules/.bin
// Signals pass through, and the command's exit code is ours.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, root, runtimeEnvironment, runtimeNode } from './bootstrap.mjs';

bootstrap();
const [command, ...args] = process.argv.slice(2);
const script = /\.[cm]?js$/.test(command) ? command : join('node_modules', '.bin', command);
if (!existsSync(join(root, script))) {
  console.error(`milena: no such command: ${command}`);
  process.exit(2);
}
const child = spawn(runtimeNode(), [script, ...args], { cwd: root, stdio: 'inherit', env: runtimeEnvironment() });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
