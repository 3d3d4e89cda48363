import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger } from '@milena/platform';
import { runService } from '@milena/telemetry';
import { bootstrapEndpoints } from '../kafka/bootstrap-endpoints';
import { recordClientFailure } from '../records/record-client-failure';
import { DEMO_GROUPS, DEMO_TOPICS, type DemoGroup, type DemoTopic } from './demo-plan';
import { createDemoTopics } from './demo-topics';

const CLIENT_ID = 'milena-demo';
const SEND_INTERVAL_MS = 500;
const COMMIT_INTERVAL_MS = 1_000;
/** Pause before a client that failed starts again. */
const AGAIN_AFTER_MS = 2_000;
const STOP_WITHIN_MS = 4_000;
/** Little is read ahead: what a slow group has not worked on should be in the log, not here. */
const READ_AHEAD = { highWaterMark: 20, maxBytes: 16 * 1024 };
const SESSION_TIMEOUT_MS = 10_000;

/** Writes and reads the demo's topics until told to stop, or until the parent process ends. */
export function runDemoTraffic(bootstrapServer: string): void {
  const stopped = new AbortController();
  const { signal } = stopped;
  let clients: Promise<unknown> = Promise.resolve();
  const service = {
    async start() {
      await createDemoTopics(bootstrapServer);
      clients = Promise.all([
        ...DEMO_TOPICS.map((topic) => repeated(topic.name, signal, () => write(topic, bootstrapServer, signal))),
        ...DEMO_GROUPS.map((group) => repeated(group.groupId, signal, () => read(group, bootstrapServer, signal))),
      ]);
    },
    async stop() {
      stopped.abort();
      await clients;
    },
    isReady: () => !signal.aborted,
  };
  runService(() => service, { name: 'milena demo', logger: silentLogger, stopWithinMs: STOP_WITHIN_MS });
}

/** Clients come back after whatever happens to the cluster: people stop brokers to see what it does. */
async function repeated(who: string, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await run();
    } catch (error) {
      if (signal.aborted) return;
      process.stderr.write(`milena demo: ${recordClientFailure(who, error).message.replaceAll('\n', ' ')}\n`);
      await delay(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function write(topic: DemoTopic, bootstrap: string, signal: AbortSignal): Promise<void> {
  const { Producer, stringSerializers } = await import('@platformatic/kafka');
  const bootstrapBrokers = bootstrapEndpoints(bootstrap);
  const producer = new Producer({ clientId: CLIENT_ID, bootstrapBrokers, serializers: stringSerializers, acks: -1 });
  const perBatch = Math.ceil((topic.recordsPerSecond * SEND_INTERVAL_MS) / 1_000);
  try {
    for (let number = 1; !signal.aborted; number += perBatch) {
      const messages = Array.from({ length: perBatch }, (_, index) => {
        const { key, value } = topic.record(number + index);
        return { topic: topic.name, key, value: JSON.stringify(value), headers: { source: CLIENT_ID } };
      });
      await producer.send({ messages });
      await delay(SEND_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await producer.close().catch(() => undefined);
  }
}

async function read(group: DemoGroup, bootstrap: string, signal: AbortSignal): Promise<void> {
  const { Consumer } = await import('@platformatic/kafka');
  const { groupId, topic, workMs } = group;
  const consumer = new Consumer({ clientId: CLIENT_ID, groupId, bootstrapBrokers: bootstrapEndpoints(bootstrap) });
  try {
    const stream = await consumer.consume({
      ...READ_AHEAD,
      topics: [topic],
      mode: 'committed',
      fallbackMode: 'earliest',
      autocommit: false,
      sessionTimeout: SESSION_TIMEOUT_MS,
    });
    const end = () => void stream.close().catch(() => undefined);
    signal.addEventListener('abort', end, { once: true });
    let committedAt = performance.now();
    const reached = new Map<number, { topic: string; partition: number; offset: bigint; leaderEpoch: number }>();
    for await (const { partition, offset, leaderEpoch } of stream) {
      if (signal.aborted) break;
      await delay(workMs, undefined, { signal }).catch(() => undefined);
      reached.set(partition, { topic, partition, offset: offset + 1n, leaderEpoch });
      if (performance.now() - committedAt < COMMIT_INTERVAL_MS) continue;
      await consumer.commit({ offsets: [...reached.values()] });
      reached.clear();
      committedAt = performance.now();
    }
    signal.removeEventListener('abort', end);
  } finally {
    await consumer.close(true).catch(() => undefined);
  }
}
