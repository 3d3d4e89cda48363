import { alterPartitionReassignmentsRpc } from '@milena/cluster-protocol';
import { alterPartitionReassignments } from '@milena/kafka-protocol';
import type { ApiHandler } from './api-handler';
import { changeMetadata } from './controller-call';
import { errorFields } from './error-fields';

/**
 * AlterPartitionReassignments: decided by the active controller; answered when the moves have begun, or have been taken
 * back, in this broker's own image.
 */
export const alterPartitionReassignmentsApi: ApiHandler<typeof alterPartitionReassignments> = {
  api: alterPartitionReassignments,
  async handle({ topics, timeoutMs, allowReplicationFactorChange }, context) {
    const answer = await changeMetadata(context, alterPartitionReassignmentsRpc, {
      principal: context.connection.principal,
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, replicas }) => ({
          partition: partitionIndex,
          target: replicas ?? undefined,
        })),
      })),
      allowReplicationFactorChange,
      validateOnly: false,
      timeoutMs,
    });
    const common = { throttleTimeMs: 0, allowReplicationFactorChange, ...errorFields(answer) };
    if (!answer.ok) return { ...common, responses: [] };
    const responses = answer.value.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partition, result }) => ({ partitionIndex: partition, ...errorFields(result) })),
    }));
    return { ...common, responses };
  },
};
