import { create, toBinary } from '@bufbuild/protobuf';
import { errorCode, errorName } from '@milena/model';
import { OffsetForLeaderEpochRequestSchema, OffsetForLeaderEpochResponseSchema } from '@milena/proto';
import type { ReplicaEpochEndRequest, ReplicaEpochEndResponse } from '@milena/replication';
import {
  decodeMessage,
  naturalFromWire,
  naturalOrNoneFromWire,
  offsetFromWire,
  offsetOrNoneFromWire,
  uuidFromWire,
} from '../wire-values';
import { groupByTopic } from './group-by-topic';

/** OffsetForLeaderEpoch between brokers (KIP-101, KIP-279). Decoders throw MalformedInput. */
export const offsetForLeaderEpochRpc = {
  method: '/milena.replica.v1.ReplicaService/OffsetForLeaderEpoch',

  encodeRequest({ clusterId, replicaId, brokerEpoch, queries }: ReplicaEpochEndRequest): Uint8Array {
    const topics = groupByTopic(queries, ({ partition, currentLeaderEpoch, leaderEpoch }) => ({
      index: partition,
      currentLeaderEpoch,
      leaderEpoch,
    }));
    const message = { clusterId, replicaId, brokerEpoch: BigInt(brokerEpoch), topics };
    return toBinary(OffsetForLeaderEpochRequestSchema, create(OffsetForLeaderEpochRequestSchema, message));
  },

  decodeRequest(bytes: Uint8Array): ReplicaEpochEndRequest {
    const message = decodeMessage(OffsetForLeaderEpochRequestSchema, bytes);
    return {
      clusterId: uuidFromWire(message.clusterId),
      replicaId: naturalFromWire(message.replicaId, 'replica id'),
      brokerEpoch: offsetFromWire(message.brokerEpoch),
      queries: message.topics.flatMap(({ topicId, partitions }) =>
        partitions.map(({ index, currentLeaderEpoch, leaderEpoch }) => ({
          topicId: uuidFromWire(topicId),
          partition: naturalFromWire(index, 'partition'),
          currentLeaderEpoch: naturalOrNoneFromWire(currentLeaderEpoch, 'leader epoch'),
          leaderEpoch: naturalFromWire(leaderEpoch, 'epoch'),
        })),
      ),
    };
  },

  encodeResponse({ answers }: ReplicaEpochEndResponse): Uint8Array {
    const topics = groupByTopic(answers, ({ partition, error, leaderEpoch, endOffset }) => ({
      index: partition,
      errorCode: errorCode(error),
      leaderEpoch,
      endOffset: BigInt(endOffset),
    }));
    return toBinary(OffsetForLeaderEpochResponseSchema, create(OffsetForLeaderEpochResponseSchema, { topics }));
  },

  decodeResponse(bytes: Uint8Array): ReplicaEpochEndResponse {
    const message = decodeMessage(OffsetForLeaderEpochResponseSchema, bytes);
    return {
      answers: message.topics.flatMap(({ topicId, partitions }) =>
        partitions.map((partition) => ({
          topicId: uuidFromWire(topicId),
          partition: naturalFromWire(partition.index, 'partition'),
          error: errorName(partition.errorCode),
          leaderEpoch: naturalOrNoneFromWire(partition.leaderEpoch, 'epoch'),
          endOffset: offsetOrNoneFromWire(partition.endOffset),
        })),
      ),
    };
  },
};
