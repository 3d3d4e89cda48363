// Small pieces every case needs: run a command to its end, wait for a condition with a deadline.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** Runs a command to its end; rejects when it exits non-zero (unless `anyExit`) or outlives `timeoutMs`. */
export function run(command, args, { timeoutMs = 60_000, input, cwd, env, anyExit = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const [out, err] = [[], []];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    if (input !== undefined) {
      child.stdin.on('error', () => {}); // a client that gives up early closes its input; its exit code tells
      if (typeof input === 'string') child.stdin.end(input);
      else input(child.stdin);
    }
    child.on('error', (error) => (clearTimeout(timer), reject(error)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const result = { code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
      if (code === 0 || anyExit) resolve(result);
      else
        reject(
          new Error(
            `${command} ${args.join(' ')}: exit ${code ?? signal}\n${result.stderr.slice(-2000)}${result.stdout.slice(-1000)}`,
          ),
        );
    });
  });
}

/** Asks `condition` again and again until it gives something other than false or undefined, which is returned. */
export async function until(what, timeoutMs, condition) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`gave up after ${timeoutMs} ms waiting for ${what}`);
    await delay(50);
  }
}

/** Throws with `message` unless `condition` holds. */
export function expect(condition, message) {
  if (!condition) throw new Error(message);
}

/** Median and worst of some milliseconds, as text. */
export function spread(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return `median ${Math.round(sorted[Math.floor(sorted.length / 2)])} ms, worst ${Math.round(sorted.at(-1))} ms, n=${sorted.length}`;
}
