import { electLeadersRpc } from '@milena/cluster-protocol';
import type { ElectionType } from '@milena/controller';
import { electLeaders } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { changeMetadata } from './controller-call';
import { errorFields } from './error-fields';

/** By Kafka's numbers. */
const ELECTION_TYPES: readonly ElectionType[] = ['PREFERRED', 'UNCLEAN'];

/** ElectLeaders: held by the active controller; answered when this broker's own image has the new leaders. */
export const electLeadersApi: ApiHandler<typeof electLeaders> = {
  api: electLeaders,
  async handle({ electionType: type, topicPartitions, timeoutMs }, context) {
    const electionType = ELECTION_TYPES[type];
    if (electionType === undefined) {
      return { throttleTimeMs: 0, errorCode: errorCode('INVALID_REQUEST'), replicaElectionResults: [] };
    }
    const answer = await changeMetadata(context, electLeadersRpc, {
      principal: context.connection.principal,
      electionType,
      topics: topicPartitions?.map(({ topic, partitions }) => ({ name: topic, partitions })),
      validateOnly: false,
      timeoutMs,
    });
    if (answer.ok) {
      const replicaElectionResults = answer.value.topics.map(({ name, partitions }) => ({
        topic: name,
        partitionResult: partitions.map(({ partition, result }) => ({
          partitionId: partition,
          ...errorFields(result),
        })),
      }));
      return { throttleTimeMs: 0, errorCode: 0, replicaElectionResults };
    }
    // Version 0 has no field for an error of the whole request.
    const replicaElectionResults = (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, ...errorFields(answer) })),
    }));
    return { throttleTimeMs: 0, errorCode: errorCode(answer.error.code), replicaElectionResults };
  },
};
