import { setTimeout as delay } from 'node:timers/promises';
import { describeCluster, metadata } from '@milena/kafka-protocol';
import { parseEndpoint } from '@milena/model';
import { CommandFailure } from '../command-failure';
import { connectToBroker, type KafkaClient } from '../kafka/kafka-client';

const POLL_MS = 15;
const ATTEMPT_TIMEOUT_MS = 1_000;

/**
 * Resolves once every broker tells its clients of all brokers, unfenced, and of a controller: from then on a topic with
 * that replication factor can be created and written. Rejects when `signal` aborts or the time is up.
 */
export async function awaitReady(brokers: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  await Promise.all(brokers.map((broker) => brokerIsReady(broker, brokers.length, deadline, signal)));
}

async function brokerIsReady(broker: string, count: number, deadline: number, signal: AbortSignal): Promise<void> {
  const endpoint = parseEndpoint(broker);
  if (endpoint === undefined) throw new CommandFailure(1, `${broker} is not an address`);
  let client: KafkaClient | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      try {
        client ??= await connectToBroker(endpoint, ATTEMPT_TIMEOUT_MS);
        if (await seesCluster(client, count)) return;
      } catch (error) {
        if (!(error instanceof CommandFailure)) throw error;
        client?.close();
        client = undefined;
      }
      if (performance.now() > deadline) throw new Error(`broker ${broker} did not see ${count} brokers in time`);
      await delay(POLL_MS, undefined, { signal });
    }
  } finally {
    client?.close();
  }
}

async function seesCluster(client: KafkaClient, count: number): Promise<boolean> {
  const body = { includeClusterAuthorizedOperations: false, includeFencedBrokers: false };
  const cluster = await client.request(describeCluster, body, ATTEMPT_TIMEOUT_MS);
  if (cluster.errorCode !== 0 || cluster.brokers.length < count) return false;
  const { brokers, controllerId } = await client.request(metadata, { topics: [] }, ATTEMPT_TIMEOUT_MS);
  return brokers.length >= count && controllerId >= 0;
}
