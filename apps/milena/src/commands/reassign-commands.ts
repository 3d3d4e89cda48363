import { setTimeout as delay } from 'node:timers/promises';
import { alterPartitionReassignments, listPartitionReassignments } from '@milena/kafka-protocol';
import { CommandFailure } from '../command-failure';
import { withCluster } from '../kafka/cluster-client';
import type { KafkaClient } from '../kafka/kafka-client';
import { throwOnError } from '../kafka/kafka-failure';
import { printRows, type Column } from '../output/printer';
import type { ClusterOptions } from './cluster-options';
import { partitionNumber, placement } from './partition-numbers';

/** How long a broker may take to have the controller begin the moves, and we for hearing of it. */
const CHANGE_TIMEOUT_MS = 15_000;
const CHANGE_BOUNDS = { timeoutMs: CHANGE_TIMEOUT_MS + 5_000 };
/** Pause between two looks at moves under way. */
const LOOK_MS = 500;

/** Options of `topic reassign`. */
export interface ReassignOptions extends ClusterOptions {
  readonly cancel?: true;
  readonly keepReplicationFactor?: true;
  readonly wait?: true;
}

interface MovingRow {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

const COLUMNS: readonly Column<MovingRow>[] = [
  { heading: 'TOPIC', cell: ({ topic }) => topic },
  { heading: 'PARTITION', cell: ({ partition }) => partition },
  { heading: 'REPLICAS', cell: ({ replicas }) => replicas.join(',') },
  { heading: 'ADDING', cell: ({ adding }) => adding.join(',') || '-' },
  { heading: 'REMOVING', cell: ({ removing }) => removing.join(',') || '-' },
];

/** `milena topic reassign <topic> [partition=broker,...]...`: prints what is on the move in the topic afterwards. */
export async function reassignTopic(topic: string, words: readonly string[], options: ReassignOptions): Promise<void> {
  if (options.cancel !== true && words.length === 0) {
    throw new CommandFailure(2, `topic ${topic}: say where partitions are to be, as 0=1,2,3, or --cancel`);
  }
  const asked = words.map((word) =>
    options.cancel === true ? { partition: partitionNumber(word, 'partition') } : placement(word),
  );
  await withCluster(options.bootstrapServer, async ({ any: client }) => {
    const named = asked.map(({ partition }) => partition);
    const isAll = options.cancel === true && named.length === 0;
    const partitions = isAll
      ? (await moving(client, topic)).map(({ partition }) => ({ partitionIndex: partition, replicas: null }))
      : asked.map((each) => ({
          partitionIndex: each.partition,
          replicas: 'brokerIds' in each ? each.brokerIds : null,
        }));
    if (partitions.length > 0) {
      const response = await client.request(
        alterPartitionReassignments,
        {
          timeoutMs: CHANGE_TIMEOUT_MS,
          allowReplicationFactorChange: options.keepReplicationFactor !== true,
          topics: [{ name: topic, partitions }],
        },
        CHANGE_BOUNDS,
      );
      throwOnError(`topic ${topic}`, response.errorCode, response.errorMessage);
      for (const { partitionIndex, errorCode, errorMessage } of response.responses[0]?.partitions ?? []) {
        throwOnError(`partition ${topic}-${partitionIndex}`, errorCode, errorMessage);
      }
    }
    let rows = await moving(client, topic);
    while (options.wait === true && rows.length > 0) {
      await delay(LOOK_MS);
      rows = await moving(client, topic);
    }
    await printRows(options.output, rows, COLUMNS);
  });
}

/** `milena topic reassignments [topic...]`: what is on the move. */
export async function listReassignments(topics: readonly string[], options: ClusterOptions): Promise<void> {
  await withCluster(options.bootstrapServer, async ({ any: client }) => {
    const all = await moving(client);
    const rows = all.filter(({ topic }) => topics.length === 0 || topics.includes(topic));
    await printRows(options.output, rows, COLUMNS);
  });
}

/** The partitions on the move by topic and number; those of one topic when it is named. */
async function moving(client: KafkaClient, topic?: string): Promise<readonly MovingRow[]> {
  const response = await client.request(listPartitionReassignments, { topics: null });
  throwOnError('reassignments', response.errorCode, response.errorMessage);
  const rows = response.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, replicas, addingReplicas, removingReplicas }) => ({
      topic: name,
      partition: partitionIndex,
      replicas,
      adding: addingReplicas,
      removing: removingReplicas,
    })),
  );
  const found = rows.filter((row) => topic === undefined || row.topic === topic);
  return found.sort(
    (left, right) =>
      (left.topic < right.topic ? -1 : left.topic > right.topic ? 1 : 0) || left.partition - right.partition,
  );
}
