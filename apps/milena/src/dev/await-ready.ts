import { setTimeout as delay } from 'node:timers/promises';
import { describeCluster, metadata } from '@milena/kafka-protocol';
import { parseEndpoint } from '@milena/model';
import { CommandFailure } from '../command-failure';
import { connectToBroker, type KafkaClient } from '../kafka/kafka-client';
import type { DevCluster } from './dev-cluster';
import type { DevNode } from './dev-node';

const POLL_MS = 15;
const ATTEMPT_TIMEOUT_MS = 1_000;

/** Bounds of a wait for a cluster. */
export interface AwaitReadyOptions {
  readonly timeoutMs: number;
  /** Ends the wait with a rejection. */
  readonly signal: AbortSignal;
}

/**
 * Resolves once the whole cluster serves: every service says that it is ready, and every broker tells its clients of all brokers, unfenced, and of a controller, so that a topic with that replication factor can be created and written.
 * Rejects when `signal` aborts or the time is up.
 */
export async function awaitReady(cluster: DevCluster, options: AwaitReadyOptions): Promise<void> {
  const { processes } = cluster;
  const brokers = processes.filter(({ role }) => role === 'broker').length;
  const poll = { deadline: performance.now() + options.timeoutMs, signal: options.signal };
  await Promise.all(
    processes.map(async (node) => {
      const probe = cluster.probe(node);
      await until(`${node.role} ${node.id}`, poll, () => probe.isReady()).finally(() => probe.close());
      // Not before: a broker closes the connections of clients that come too early, and warns of them.
      if (node.role === 'broker') await brokerSeesCluster(node, brokers, poll);
    }),
  );
}

interface Poll {
  readonly deadline: number;
  readonly signal: AbortSignal;
}

async function until(what: string, { deadline, signal }: Poll, holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await holds()) return;
    if (performance.now() > deadline) throw new Error(`${what} did not get ready in time`);
    await delay(POLL_MS, undefined, { signal });
  }
}

async function brokerSeesCluster(broker: DevNode, count: number, poll: Poll): Promise<void> {
  const endpoint = parseEndpoint(broker.listeners['PLAINTEXT'] ?? '') ?? { host: '', port: 0 };
  let client: KafkaClient | undefined;
  try {
    await until(`broker ${broker.id}`, poll, async () => {
      try {
        client ??= await connectToBroker(endpoint, ATTEMPT_TIMEOUT_MS);
        return await seesCluster(client, count);
      } catch (error) {
        if (!(error instanceof CommandFailure)) throw error;
        client?.close();
        client = undefined;
        return false;
      }
    });
  } finally {
    client?.close();
  }
}

async function seesCluster(client: KafkaClient, count: number): Promise<boolean> {
  const body = { includeClusterAuthorizedOperations: false, includeFencedBrokers: false };
  const bounds = { timeoutMs: ATTEMPT_TIMEOUT_MS };
  const cluster = await client.request(describeCluster, body, bounds);
  if (cluster.errorCode !== 0 || cluster.brokers.length < count) return false;
  const { brokers, controllerId } = await client.request(metadata, { topics: [] }, bounds);
  return brokers.length >= count && controllerId >= 0;
}
