import {
  createPartitions,
  createTopics,
  deleteTopics,
  describeTopicPartitions,
  metadata,
  type ResponseOf,
} from '@milena/kafka-protocol';
import { errorName, ZERO_UUID } from '@milena/model';
import { CommandFailure } from '../command-failure';
import { connectToCluster, type KafkaClient } from '../kafka/kafka-client';
import { throwOnError } from '../kafka/kafka-failure';
import { printRows, type Column } from '../output/printer';
import type { ClusterOptions } from './cluster-options';
import { keyValues } from './key-value';

/** How long a broker may take to have the controller carry a change out. */
const CHANGE_TIMEOUT_MS = 15_000;
/** Added where we wait for the broker's own timeout to speak first. */
const GRACE_MS = 5_000;
const CHANGE_BOUNDS = { timeoutMs: CHANGE_TIMEOUT_MS + GRACE_MS };

/** Options of `topic create`. */
export interface CreateOptions extends ClusterOptions {
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly config: readonly string[];
  readonly ifNotExists?: true;
}

interface TopicRow {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

const TOPIC_COLUMNS: readonly Column<TopicRow>[] = [
  { heading: 'TOPIC', cell: ({ name }) => name },
  { heading: 'PARTITIONS', cell: ({ partitions }) => partitions },
  { heading: 'REPLICATION', cell: ({ replicationFactor }) => replicationFactor },
  { heading: 'ID', cell: ({ topicId }) => topicId },
];

/** `milena topic create <name>`. */
export async function createTopic(name: string, options: CreateOptions): Promise<void> {
  const configs = keyValues(options.config, '--config');
  const { partitions: numPartitions = -1, replicationFactor = -1 } = options;
  const topics = [{ name, numPartitions, replicationFactor, assignments: [], configs }];
  await withClient(options, async (client) => {
    const body = { topics, timeoutMs: CHANGE_TIMEOUT_MS };
    const response = await client.request(createTopics, body, CHANGE_BOUNDS);
    const [topic] = response.topics;
    if (topic === undefined) throw new CommandFailure(1, `topic ${name}: the broker did not answer for it`);
    const exists = errorName(topic.errorCode) === 'TOPIC_ALREADY_EXISTS';
    if (exists && options.ifNotExists === true) {
      const found = await describe(client, [name]);
      return await printRows(options.output, found.map(topicRow), TOPIC_COLUMNS, found.map(topicRow)[0]);
    }
    throwOnError(`topic ${name}`, topic.errorCode, topic.errorMessage);
    const row = {
      name,
      topicId: topic.topicId,
      partitions: topic.numPartitions,
      replicationFactor: topic.replicationFactor,
    };
    await printRows(options.output, [row], TOPIC_COLUMNS, row);
  });
}

/** `milena topic list`. */
export async function listTopics(options: ClusterOptions): Promise<void> {
  await withClient(options, async (client) => {
    const response = await client.request(metadata, { topics: null, allowAutoTopicCreation: false });
    throwOnError('topics', response.errorCode);
    const rows = response.topics
      .map((topic) => ({
        name: topic.name ?? '',
        topicId: topic.topicId,
        partitions: topic.partitions.length,
        replicationFactor: topic.partitions[0]?.replicaNodes.length ?? 0,
      }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    await printRows(options.output, rows, TOPIC_COLUMNS);
  });
}

type DescribedTopic = ResponseOf<typeof describeTopicPartitions>['topics'][number];
type DescribedPartition = DescribedTopic['partitions'][number];

/** `milena topic describe <name>...`. */
export async function describeTopics(names: readonly string[], options: ClusterOptions): Promise<void> {
  await withClient(options, async (client) => {
    const topics = await describe(client, names);
    const rows = topics.flatMap((topic) =>
      topic.partitions.map((partition) => ({ name: topic.name ?? '', partition })),
    );
    const json = topics.map((topic) => ({
      ...topicRow(topic),
      partitions: topic.partitions.map((partition) => ({
        partition: partition.partitionIndex,
        leader: partition.leaderId,
        leaderEpoch: partition.leaderEpoch,
        replicas: partition.replicaNodes,
        isr: partition.isrNodes,
        offline: partition.offlineReplicas,
      })),
    }));
    await printRows(options.output, rows, PARTITION_COLUMNS, json);
  });
}

const PARTITION_COLUMNS: readonly Column<{ readonly name: string; readonly partition: DescribedPartition }>[] = [
  { heading: 'TOPIC', cell: ({ name }) => name },
  { heading: 'PARTITION', cell: ({ partition }) => partition.partitionIndex },
  { heading: 'LEADER', cell: ({ partition }) => (partition.leaderId < 0 ? 'none' : partition.leaderId) },
  { heading: 'EPOCH', cell: ({ partition }) => partition.leaderEpoch },
  { heading: 'REPLICAS', cell: ({ partition }) => partition.replicaNodes.join(',') },
  { heading: 'ISR', cell: ({ partition }) => partition.isrNodes.join(',') },
];

const DELETED_COLUMNS: readonly Column<{ readonly name: string; readonly topicId: string }>[] = [
  { heading: 'DELETED', cell: ({ name }) => name },
  { heading: 'ID', cell: ({ topicId }) => topicId },
];

/** `milena topic delete <name>...`. */
export async function removeTopics(names: readonly string[], options: ClusterOptions): Promise<void> {
  await withClient(options, async (client) => {
    const body = {
      topics: names.map((name) => ({ name, topicId: ZERO_UUID })),
      topicNames: names,
      timeoutMs: CHANGE_TIMEOUT_MS,
    };
    const { responses } = await client.request(deleteTopics, body, CHANGE_BOUNDS);
    const deleted = responses.filter(({ errorCode }) => errorCode === 0);
    const rows = deleted.map((topic) => ({ name: topic.name ?? '', topicId: topic.topicId }));
    if (rows.length > 0) await printRows(options.output, rows, DELETED_COLUMNS);
    for (const topic of responses) throwOnError(`topic ${topic.name ?? ''}`, topic.errorCode, topic.errorMessage);
  });
}

/** `milena topic add-partitions <name>`: `total` is their number afterwards. */
export async function addPartitions(name: string, options: ClusterOptions & { readonly total: number }): Promise<void> {
  await withClient(options, async (client) => {
    const topics = [{ name, count: options.total, assignments: null }];
    const body = { topics, timeoutMs: CHANGE_TIMEOUT_MS, validateOnly: false };
    const { results } = await client.request(createPartitions, body, CHANGE_BOUNDS);
    throwOnError(`topic ${name}`, results[0]?.errorCode ?? 0, results[0]?.errorMessage);
    const rows = (await describe(client, [name])).map(topicRow);
    await printRows(options.output, rows, TOPIC_COLUMNS, rows[0]);
  });
}

async function describe(client: KafkaClient, names: readonly string[]): Promise<readonly DescribedTopic[]> {
  const topics = new Map<string, DescribedTopic>();
  let cursor: ResponseOf<typeof describeTopicPartitions>['nextCursor'] = null;
  do {
    const page: ResponseOf<typeof describeTopicPartitions> = await client.request(describeTopicPartitions, {
      topics: names.map((name) => ({ name })),
      cursor,
    });
    for (const topic of page.topics) {
      throwOnError(`topic ${topic.name ?? ''}`, topic.errorCode);
      const before = topics.get(topic.topicId);
      const partitions = [...(before?.partitions ?? []), ...topic.partitions];
      topics.set(topic.topicId, { ...topic, partitions });
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return [...topics.values()];
}

function topicRow(topic: DescribedTopic): TopicRow {
  const replicationFactor = topic.partitions[0]?.replicaNodes.length ?? 0;
  return { name: topic.name ?? '', topicId: topic.topicId, partitions: topic.partitions.length, replicationFactor };
}

async function withClient(options: ClusterOptions, run: (client: KafkaClient) => Promise<void>): Promise<void> {
  const client = await connectToCluster(options.bootstrapServer);
  try {
    await run(client);
  } finally {
    client.close();
  }
}
