// Many connections of hostile bytes, a bounded number at a time:
//   node tools/conformance/clients/hostile.mjs --seed 7 --connections 10000 kafka=127.0.0.1:9092 grpc=127.0.0.1:9094 ...
// Prints one line of JSON: how many connections there were, how they ended, how long it took. It judges nothing: whether
// the processes live, what they hold and what other clients notice is for the caller to find out.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { attackOn, KINDS, seededRandom } from './hostile-bytes.mjs';

/**
 * Attacks the targets (`{ kind, host, port }`) in turn until there were that many connections, or the time is over; at most
 * `concurrency` connections are open at once.
 */
export async function attack({ targets, connections = 10_000, concurrency = 100, seconds = 300, seed = 1 }) {
  const random = seededRandom(seed);
  const endsAt = performance.now() + seconds * 1000;
  const started = performance.now();
  const counts = { connected: 0, refused: 0, broken: 0 };
  let begun = 0;

  async function worker() {
    while (begun < connections && performance.now() < endsAt) {
      const { kind, host, port } = targets[begun % targets.length];
      begun += 1;
      counts[await once({ host, port }, attackOn(kind, random))] += 1;
    }
  }

  await Promise.all(Array.from({ length: concurrency }, worker));
  return { connections: begun, ...counts, seconds: Math.round((performance.now() - started) / 100) / 10, seed };
}

/** Carries out one attack; resolves to how its connection went once it is closed on this side. */
function once(target, { pieces, pauseMs, holdMs, ending, reads }) {
  return new Promise((resolve) => {
    const socket = connect({ ...target, allowHalfOpen: true });
    let outcome = 'refused';
    socket.on('error', () => {
      if (outcome === 'connected') outcome = 'broken';
    });
    socket.once('close', () => resolve(outcome));
    if (reads) socket.resume();
    // A server may close its side, or not: this side goes after its time, whatever happened.
    const close = () => (ending === 'reset' ? socket.resetAndDestroy() : socket.destroy());
    socket.once('connect', async () => {
      outcome = 'connected';
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece);
        if (pauseMs > 0) await delay(pauseMs);
      }
      if (ending === 'end') socket.end();
      await delay(holdMs + 5);
      close();
    });
  });
}

function parseTarget(argument) {
  const [, kind, host, port] = /^(\w+)=(.+):(\d+)$/.exec(argument) ?? [];
  if (!KINDS.includes(kind))
    throw new Error(`${argument}: expected <kind>=<host>:<port>, kind one of ${KINDS.join(', ')}`);
  return { kind, host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      connections: { type: 'string', default: '10000' },
      concurrency: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '300' },
    },
  });
  const numbers = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  const targets = positionals.map(parseTarget);
  if (targets.length === 0) throw new Error('no targets given');
  console.log(JSON.stringify(await attack({ targets, ...numbers })));
}
