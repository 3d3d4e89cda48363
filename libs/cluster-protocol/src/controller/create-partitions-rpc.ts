import type { CreatePartitionsRequest, CreatePartitionsResponse } from '@milena/controller';
import { type Offset } from '@milena/model';
import { CreatePartitionsRequestSchema, CreatePartitionsResponseSchema } from '@milena/proto';
import { naturalFromWire, offsetOrNoneFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** Adds partitions to topics (KIP-195). */
export const createPartitionsRpc = defineRpc(
  'controller.v1.ControllerService/CreatePartitions',
  {
    schema: CreatePartitionsRequestSchema,
    toWire: ({ principal, topics, validateOnly, timeoutMs }: CreatePartitionsRequest) => ({
      principal,
      topics: topics.map(({ name, count, assignments }) => ({
        name,
        count,
        assignments: (assignments ?? []).map((brokerIds) => ({ brokerIds: [...brokerIds] })),
      })),
      validateOnly,
      timeoutMs,
    }),
    fromWire: (message): CreatePartitionsRequest => ({
      principal: message.principal,
      topics: message.topics.map(({ name, count, assignments }) => ({
        name,
        count,
        assignments: assignments.length === 0 ? undefined : assignments.map(({ brokerIds }) => brokerIds),
      })),
      validateOnly: message.validateOnly,
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  {
    schema: CreatePartitionsResponseSchema,
    toWire: ({ topics, metadataOffset }: CreatePartitionsResponse) => ({
      topics: topics.map(({ name, result }) => ({ name, ...outcomeToWire(result) })),
      metadataOffset: BigInt(metadataOffset),
    }),
    fromWire: (message): CreatePartitionsResponse => ({
      topics: message.topics.map((topic) => ({ name: topic.name, result: outcomeFromWire(topic, () => null) })),
      metadataOffset: offsetOrNoneFromWire(message.metadataOffset) as Offset,
    }),
  },
);
