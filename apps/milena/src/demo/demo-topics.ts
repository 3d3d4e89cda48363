import { createTopics } from '@milena/kafka-protocol';
import { errorName } from '@milena/model';
import { withCluster } from '../kafka/cluster-client';
import { throwOnError } from '../kafka/kafka-failure';
import { DEMO_TOPIC_CONFIG, DEMO_TOPICS } from './demo-plan';

const REPLICAS_MAX = 3;
const WITHIN_MS = 15_000;

/** Creates the demo's topics; those of an earlier run stay as they are. */
export async function createDemoTopics(bootstrap: string): Promise<void> {
  await withCluster(bootstrap, async (cluster) => {
    const live = (await cluster.brokers()).filter(({ isFenced }) => !isFenced);
    const topics = DEMO_TOPICS.map(({ name, partitions }) => ({
      name,
      numPartitions: partitions,
      replicationFactor: Math.min(REPLICAS_MAX, live.length),
      assignments: [],
      configs: Object.entries(DEMO_TOPIC_CONFIG).map(([key, value]) => ({ name: key, value })),
    }));
    const answer = await cluster.any.request(createTopics, { topics, timeoutMs: WITHIN_MS }, { timeoutMs: WITHIN_MS });
    for (const { name, errorCode, errorMessage } of answer.topics) {
      if (errorName(errorCode) !== 'TOPIC_ALREADY_EXISTS') throwOnError(`topic ${name}`, errorCode, errorMessage);
    }
  });
}
