// A kazoo session in a process of its own: what was answered, what its watches fired, how its connection fared.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { python } from '../prerequisites.mjs';
import { until } from '../process.mjs';

const answerWithinMs = 20_000;

/** Connects to `hosts` (tried in order) with a session timeout; resolves when connected. */
export async function startKazoo(hosts, { timeoutMs = 6_000 } = {}) {
  const script = join(import.meta.dirname, 'kazoo_session.py');
  const child = spawn(python(), [script, hosts, `${timeoutMs / 1000}`], { stdio: ['pipe', 'pipe', 'pipe'] });
  const session = { events: [], connections: [], followed: [], ask, result, kill: () => child.kill('SIGKILL') };
  const waiting = new Map();
  let said = '';
  let next = 0;

  child.stdin.on('error', () => {}); // it ended; the answers that never come tell
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-3_000)));
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text);
    if (line.id !== undefined) waiting.get(line.id)?.(line);
    else if (line.event !== undefined) session.events.push({ ...line, at: performance.now() });
    else if (line.followed !== undefined) session.followed.push({ ...line, at: performance.now() });
    else session.connections.push(line.connection);
  });

  /** The whole answer: `{result, stat}` or `{error, message}`. */
  function ask(op, path, { watch = false } = {}) {
    const id = (next += 1);
    child.stdin.write(`${JSON.stringify({ id, op, path, watch })}\n`);
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`kazoo did not answer ${op} ${path ?? ''} in ${answerWithinMs} ms\n${said}`));
      const timer = setTimeout(late, answerWithinMs);
      waiting.set(id, (line) => (clearTimeout(timer), waiting.delete(id), resolve(line)));
    });
  }

  /** The answer's result; an error is thrown. */
  async function result(op, path, options) {
    const answer = await ask(op, path, options);
    if (answer.error !== undefined) throw new Error(`kazoo ${op} ${path}: ${answer.error} ${answer.message}`);
    return answer.result;
  }

  await until('kazoo to connect', 20_000, () => {
    if (child.exitCode !== null) throw new Error(`kazoo ended: ${said}`);
    return session.connections.includes('CONNECTED');
  });
  return session;
}
