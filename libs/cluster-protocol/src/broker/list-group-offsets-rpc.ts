import type { Offset, TopicPartition } from '@milena/model';
import { BrokerListGroupOffsetsRequestSchema, BrokerListGroupOffsetsResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import { naturalFromWire, naturalOrNoneFromWire, offsetFromWire } from '../wire-values';
import { afterFromWire, afterToWire, partitionFromWire, partitionToWire } from './partition-key';

/** Asks for offsets that a group committed. */
export interface BrokerListGroupOffsetsRequest {
  readonly groupId: string;
  /** Goes on behind this partition; unset at the beginning. */
  readonly after?: TopicPartition;
  readonly limit: number;
}

/** A committed offset. */
export interface BrokerGroupOffset {
  readonly topicPartition: TopicPartition;
  /** The next offset to be read. */
  readonly offset: Offset;
  /** NO_EPOCH when the client did not tell it. */
  readonly leaderEpoch: number;
  readonly metadata: string;
}

/** Offsets by topic and partition. */
export interface BrokerListGroupOffsetsResponse {
  readonly offsets: readonly BrokerGroupOffset[];
}

/** Lists what a group committed; fails with GROUP_ID_NOT_FOUND when nobody knows the group. */
export const listGroupOffsetsRpc = defineRpc(
  'broker.v1.BrokerAdminService/ListGroupOffsets',
  {
    schema: BrokerListGroupOffsetsRequestSchema,
    toWire: ({ groupId, after, limit }: BrokerListGroupOffsetsRequest) => ({ groupId, ...afterToWire(after), limit }),
    fromWire: ({ groupId, after, limit }): BrokerListGroupOffsetsRequest => ({
      groupId,
      ...afterFromWire(after),
      limit: naturalFromWire(limit, 'limit'),
    }),
  },
  {
    schema: BrokerListGroupOffsetsResponseSchema,
    toWire: ({ offsets }: BrokerListGroupOffsetsResponse) => ({
      offsets: offsets.map(({ topicPartition, offset, leaderEpoch, metadata }) => ({
        partition: partitionToWire(topicPartition),
        offset: BigInt(offset),
        leaderEpoch,
        metadata,
      })),
    }),
    fromWire: ({ offsets }): BrokerListGroupOffsetsResponse => ({
      offsets: offsets.map(({ partition, offset, leaderEpoch, metadata }) => ({
        topicPartition: partitionFromWire(partition),
        offset: offsetFromWire(offset),
        leaderEpoch: naturalOrNoneFromWire(leaderEpoch, 'leader epoch'),
        metadata,
      })),
    }),
  },
);
