import { electLeaders, metadata } from '@milena/kafka-protocol';
import { errorName } from '@milena/model';
import { CommandFailure } from '../command-failure';
import { withCluster } from '../kafka/cluster-client';
import type { KafkaClient } from '../kafka/kafka-client';
import { throwOnError } from '../kafka/kafka-failure';
import { printRows, type Column } from '../output/printer';
import type { ClusterOptions } from './cluster-options';
import { partitionNumber } from './partition-numbers';

const TIMEOUT_MS = 15_000;
const BOUNDS = { timeoutMs: TIMEOUT_MS + 5_000 };

/** Options of `topic elect-leader`. */
export interface ElectLeaderOptions extends ClusterOptions {
  readonly partition: readonly string[];
  readonly unclean?: true;
}

interface ElectionRow {
  readonly topic: string;
  readonly partition: number;
  readonly outcome: string;
}

const COLUMNS: readonly Column<ElectionRow>[] = [
  { heading: 'TOPIC', cell: ({ topic }) => topic },
  { heading: 'PARTITION', cell: ({ partition }) => partition },
  { heading: 'OUTCOME', cell: ({ outcome }) => outcome },
];

/**
 * `milena topic elect-leader [topic]`: has the preferred replicas elected, or with --unclean any replica for partitions
 * without a leader. Partitions that need no election are not mentioned unless they were named.
 */
export async function electLeader(topic: string | undefined, options: ElectLeaderOptions): Promise<void> {
  const named = options.partition.map((text) => partitionNumber(text, '--partition'));
  if (topic === undefined && named.length > 0) throw new CommandFailure(2, '--partition: say of which topic');
  await withCluster(options.bootstrapServer, async ({ any: client }) => {
    const partitions = topic === undefined || named.length > 0 ? named : await partitionsOf(client, topic);
    const response = await client.request(
      electLeaders,
      {
        electionType: options.unclean === true ? 1 : 0,
        topicPartitions: topic === undefined ? null : [{ topic, partitions }],
        timeoutMs: TIMEOUT_MS,
      },
      BOUNDS,
    );
    throwOnError('election', response.errorCode);
    const results = response.replicaElectionResults.flatMap(({ topic: name, partitionResult }) =>
      partitionResult.map((result) => ({ topic: name, ...result })),
    );
    const rows = results.map(({ topic: name, partitionId, errorCode }) => ({
      topic: name,
      partition: partitionId,
      outcome: errorCode === 0 ? 'elected' : errorName(errorCode),
    }));
    const isQuiet = named.length === 0;
    const shown = rows.filter(({ outcome }) => !isQuiet || outcome !== 'ELECTION_NOT_NEEDED');
    await printRows(options.output, shown, COLUMNS);
    for (const { topic: name, partitionId, errorCode, errorMessage } of results) {
      if (errorName(errorCode) === 'ELECTION_NOT_NEEDED') continue;
      throwOnError(`partition ${name}-${partitionId}`, errorCode, errorMessage);
    }
  });
}

async function partitionsOf(client: KafkaClient, topic: string): Promise<readonly number[]> {
  const response = await client.request(metadata, { topics: [{ name: topic }], allowAutoTopicCreation: false });
  const [found] = response.topics;
  throwOnError(`topic ${topic}`, found?.errorCode ?? response.errorCode);
  return (found?.partitions ?? []).map(({ partitionIndex }) => partitionIndex).sort((left, right) => left - right);
}
