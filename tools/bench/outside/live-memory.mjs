// What a running Node process keeps alive: its garbage is collected first, by the inspector that SIGUSR1 turns on in any
// process, so that two measurements of the same content agree. One process at a time: all of them take the same port.
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../conformance/process.mjs';

const inspector = 'http://127.0.0.1:9229/json/list';

const EXPRESSION = `(() => {
  const { heapUsed, external } = process.memoryUsage();
  setTimeout(() => process.getBuiltinModule('node:inspector').close(), 20);
  return heapUsed + external;
})()`;

async function targets() {
  return (await fetch(inspector).catch(() => undefined))?.json();
}

function ask(socket, id, method, params = {}) {
  return new Promise((resolve, reject) => {
    socket.addEventListener('close', () => reject(new Error('the inspector closed')), { once: true });
    socket.addEventListener('message', function answered({ data }) {
      const { id: of, result } = JSON.parse(data);
      if (of !== id) return;
      socket.removeEventListener('message', answered);
      resolve(result);
    });
    socket.send(JSON.stringify({ id, method, params }));
  });
}

/** Bytes of objects and of memory that belongs to them, typed arrays above all. */
export async function liveBytes(pid) {
  await until('the inspector of another process to be gone', 10_000, async () => (await targets()) === undefined);
  process.kill(pid, 'SIGUSR1');
  const [{ webSocketDebuggerUrl }] = await until('the inspector', 10_000, targets);
  const socket = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  await ask(socket, 1, 'HeapProfiler.collectGarbage');
  // What is freed outside of the heap is freed a moment later.
  await delay(200);
  await ask(socket, 2, 'HeapProfiler.collectGarbage');
  const { result } = await ask(socket, 3, 'Runtime.evaluate', { expression: EXPRESSION });
  socket.close();
  return result.value;
}
