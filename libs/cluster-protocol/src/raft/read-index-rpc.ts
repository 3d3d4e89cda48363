import { MalformedInput } from '@milena/bytes';
import { ReadIndexRequestSchema, ReadIndexResponseSchema } from '@milena/proto';
import type { ReadIndexRequest, ReadIndexResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import { offsetFromWire } from '../wire-values';
import {
  checkMetadataLog,
  clusterIdFromWire,
  factsFromWire,
  factsToWire,
  METADATA_LOG,
  optionalOffsetToWire,
} from './raft-wire-values';

/** ReadIndex: how far a linearizable read must see (Raft dissertation, section 6.4). */
export const readIndexRpc = defineRpc(
  'raft.v1.RaftService/ReadIndex',
  {
    schema: ReadIndexRequestSchema,
    toWire: (request: ReadIndexRequest) => ({
      clusterId: request.clusterId ?? '',
      topicPartition: METADATA_LOG,
      timeoutMs: request.timeoutMs,
    }),
    fromWire(message): ReadIndexRequest {
      checkMetadataLog(message.topicPartition);
      if (message.timeoutMs < 0) throw new MalformedInput(`timeout of ${message.timeoutMs} ms`);
      return { type: 'readIndex', ...clusterIdFromWire(message.clusterId), timeoutMs: message.timeoutMs };
    },
  },
  {
    schema: ReadIndexResponseSchema,
    toWire: (response: ReadIndexResponse) => ({
      ...factsToWire(response),
      readIndex: optionalOffsetToWire(response.readIndex),
    }),
    fromWire: (message): ReadIndexResponse => ({
      type: 'readIndex',
      ...factsFromWire(message),
      ...(message.readIndex === -1n ? {} : { readIndex: offsetFromWire(message.readIndex) }),
    }),
  },
);
