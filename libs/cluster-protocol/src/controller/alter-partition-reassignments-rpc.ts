import type { AlterPartitionReassignmentsRequest } from '@milena/controller';
import { AlterPartitionReassignmentsRequestSchema, AlterPartitionReassignmentsResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import { naturalFromWire } from '../wire-values';
import { partitionOutcomesFromWire, partitionOutcomesToWire } from './partition-outcomes';

/** Moves replicas of partitions to other brokers, or takes such moves back (KIP-455). */
export const alterPartitionReassignmentsRpc = defineRpc(
  'controller.v1.ControllerService/AlterPartitionReassignments',
  {
    schema: AlterPartitionReassignmentsRequestSchema,
    toWire: ({ topics, ...request }: AlterPartitionReassignmentsRequest) => ({
      principal: request.principal,
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition, target }) => ({
          partitionIndex: partition,
          ...(target && { target: { brokerIds: [...target] } }),
        })),
      })),
      allowReplicationFactorChange: request.allowReplicationFactorChange,
      validateOnly: request.validateOnly,
      timeoutMs: request.timeoutMs,
    }),
    fromWire: (message): AlterPartitionReassignmentsRequest => ({
      principal: message.principal,
      topics: message.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, target }) => ({
          partition: partitionIndex,
          target: target?.brokerIds,
        })),
      })),
      allowReplicationFactorChange: message.allowReplicationFactorChange,
      validateOnly: message.validateOnly,
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  {
    schema: AlterPartitionReassignmentsResponseSchema,
    toWire: partitionOutcomesToWire,
    fromWire: partitionOutcomesFromWire,
  },
);
