import { createTopicsRpc } from '@milena/cluster-protocol';
import type { Endpoint } from '@milena/model';
import type { SeededRandom } from '@milena/platform/testing';
import { createActiveControllerChannel } from '@milena/raft-driver';
import type { World } from '../world';

/** A topic whose replicas the controller places, three of each partition. */
export interface TopicOfCluster {
  readonly name: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** Who creates, and where. */
export interface TopicCreation {
  readonly world: World;
  readonly random: SeededRandom;
  readonly controllers: readonly Endpoint[];
}

/** Creates topics over the controllers' RPC; resolves once there are brokers enough to hold them and all of them are there. */
export async function createTopics(
  { world, random, controllers }: TopicCreation,
  topics: readonly TopicOfCluster[],
): Promise<void> {
  const { clock, timers } = world.time;
  const channel = createActiveControllerChannel({
    platform: { clock, timers, random, logger: world.logger },
    connector: world.outside,
    metadataLog: { leader: () => ({ leaderId: undefined, epoch: 0 }) },
    bootstrap: controllers,
  });
  const request = createTopicsRpc.encodeRequest({
    principal: 'User:simulation',
    topics: topics.map(({ configs, ...topic }) => ({
      ...topic,
      replicationFactor: 3,
      assignments: [],
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    })),
    validateOnly: false,
    timeoutMs: 1_000,
  });
  for (;;) {
    const outcome = await channel.unary(createTopicsRpc.method, request, 1_000);
    const answers = outcome.ok ? createTopicsRpc.decodeResponse(outcome.value).topics : [];
    const isThere = answers.map(({ result }) => result.ok || result.error.code === 'TOPIC_ALREADY_EXISTS');
    if (isThere.length === topics.length && !isThere.includes(false)) return channel.close();
    await new Promise<void>((resolve) => timers.after(100, resolve));
  }
}
