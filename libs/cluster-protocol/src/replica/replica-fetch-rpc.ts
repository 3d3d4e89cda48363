import { create, toBinary } from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';
import { errorCode, errorName } from '@milena/model';
import {
  type FetchPartition,
  type FetchPartitionResult,
  ReplicaFetchRequestSchema,
  ReplicaFetchResponseSchema,
} from '@milena/proto';
import type {
  ReplicaFetchPartition,
  ReplicaFetchRequest,
  ReplicaFetchResponse,
  ReplicaFetchResult,
} from '@milena/replication';
import {
  decodeMessage,
  naturalFromWire,
  naturalOrNoneFromWire,
  offsetFromWire,
  offsetOrNoneFromWire,
  uuidFromWire,
} from '../wire-values';
import { groupByTopic } from './group-by-topic';

/** Tag of `bytes records = 4` in FetchResponse: field number 4, wire type 2 (length-delimited). */
const RECORDS_TAG = (4 << 3) | 2;
const NO_RECORDS = Buffer.alloc(0);

/**
 * Fetch of partitions by followers: requests and answers alternate on one stream, in order. Decoders throw MalformedInput.
 * Decoded records are views into the bytes received.
 */
export const replicaFetchRpc = {
  method: '/milena.replica.v1.ReplicaService/Fetch',

  encodeRequest(request: ReplicaFetchRequest): Uint8Array {
    const { clusterId, replicaId, brokerEpoch, maxWaitMs, minBytes, maxBytes, partitions } = request;
    const message = create(ReplicaFetchRequestSchema, {
      clusterId,
      replicaId,
      brokerEpoch: BigInt(brokerEpoch),
      maxWaitMs,
      minBytes,
      maxBytes,
      topics: groupByTopic(partitions, partitionToWire),
    });
    return toBinary(ReplicaFetchRequestSchema, message);
  },

  decodeRequest(bytes: Uint8Array): ReplicaFetchRequest {
    const message = decodeMessage(ReplicaFetchRequestSchema, bytes);
    return {
      clusterId: uuidFromWire(message.clusterId),
      replicaId: naturalFromWire(message.replicaId, 'replica id'),
      brokerEpoch: offsetFromWire(message.brokerEpoch),
      maxWaitMs: naturalFromWire(message.maxWaitMs, 'wait'),
      minBytes: naturalFromWire(message.minBytes, 'least bytes'),
      maxBytes: naturalFromWire(message.maxBytes, 'most bytes'),
      partitions: message.topics.flatMap(({ topicId, partitions }) =>
        partitions.map((partition) => partitionFromWire(topicId, partition)),
      ),
    };
  },

  /** Copies the records once, from where they were read into the message, which the generated encoder would do twice. */
  encodeResponse(response: ReplicaFetchResponse): Uint8Array {
    const head = toBinary(
      ReplicaFetchResponseSchema,
      create(ReplicaFetchResponseSchema, {
        errorCode: errorCode(response.error),
        errorMessage: response.errorMessage,
        topics: groupByTopic(response.partitions, resultToWire),
      }),
    );
    const recordBytes = response.partitions.reduce((sum, { records }) => sum + records.length, 0);
    if (recordBytes === 0) return head;
    const prefix = lengthPrefix(recordBytes);
    const message = Buffer.allocUnsafe(head.length + prefix.length + recordBytes);
    message.set(head);
    message.set(prefix, head.length);
    let position = head.length + prefix.length;
    for (const { records } of response.partitions) {
      message.set(records, position);
      position += records.length;
    }
    return message;
  },

  decodeResponse(bytes: Uint8Array): ReplicaFetchResponse {
    const message = decodeMessage(ReplicaFetchResponseSchema, bytes);
    const { records } = message;
    const all = Buffer.from(records.buffer, records.byteOffset, records.length);
    let position = 0;
    const partitions = message.topics.flatMap(({ topicId, partitions: results }) =>
      results.map((result) => {
        const end = position + naturalFromWire(result.recordsLength, 'length of records');
        if (end > all.length) throw new MalformedInput(`records of ${end} bytes announced, ${all.length} sent`);
        const part = end === position ? NO_RECORDS : all.subarray(position, end);
        position = end;
        return resultFromWire(topicId, result, part);
      }),
    );
    if (position !== all.length) throw new MalformedInput(`${all.length - position} bytes of records belong to nobody`);
    return { error: errorName(message.errorCode), errorMessage: message.errorMessage, partitions };
  },
};

function partitionToWire(partition: ReplicaFetchPartition) {
  return {
    index: partition.partition,
    fetchOffset: BigInt(partition.fetchOffset),
    currentLeaderEpoch: partition.currentLeaderEpoch,
    lastFetchedEpoch: partition.lastFetchedEpoch,
    logStartOffset: BigInt(partition.logStartOffset),
    maxBytes: partition.maxBytes,
  };
}

function partitionFromWire(topicId: string, message: FetchPartition): ReplicaFetchPartition {
  return {
    topicId: uuidFromWire(topicId),
    partition: naturalFromWire(message.index, 'partition'),
    fetchOffset: offsetFromWire(message.fetchOffset),
    currentLeaderEpoch: naturalOrNoneFromWire(message.currentLeaderEpoch, 'leader epoch'),
    lastFetchedEpoch: naturalOrNoneFromWire(message.lastFetchedEpoch, 'fetched epoch'),
    logStartOffset: offsetFromWire(message.logStartOffset),
    maxBytes: naturalFromWire(message.maxBytes, 'most bytes'),
  };
}

function resultToWire(result: ReplicaFetchResult) {
  const { divergingEpoch, currentLeader } = result;
  return {
    index: result.partition,
    errorCode: errorCode(result.error),
    highWatermark: BigInt(result.highWatermark),
    logStartOffset: BigInt(result.logStartOffset),
    logEndOffset: BigInt(result.logEndOffset),
    recordsLength: result.records.length,
    ...(divergingEpoch === undefined
      ? {}
      : { divergingEpoch: { epoch: divergingEpoch.epoch, endOffset: BigInt(divergingEpoch.endOffset) } }),
    ...(currentLeader === undefined ? {} : { currentLeader }),
  };
}

function resultFromWire(topicId: string, message: FetchPartitionResult, records: Buffer): ReplicaFetchResult {
  const { divergingEpoch, currentLeader } = message;
  return {
    topicId: uuidFromWire(topicId),
    partition: naturalFromWire(message.index, 'partition'),
    error: errorName(message.errorCode),
    highWatermark: offsetOrNoneFromWire(message.highWatermark),
    logStartOffset: offsetOrNoneFromWire(message.logStartOffset),
    logEndOffset: offsetOrNoneFromWire(message.logEndOffset),
    records,
    ...(divergingEpoch === undefined
      ? {}
      : {
          divergingEpoch: {
            epoch: naturalOrNoneFromWire(divergingEpoch.epoch, 'epoch'),
            endOffset: offsetOrNoneFromWire(divergingEpoch.endOffset),
          },
        }),
    ...(currentLeader === undefined
      ? {}
      : {
          currentLeader: {
            leaderId: naturalOrNoneFromWire(currentLeader.leaderId, 'leader id'),
            leaderEpoch: naturalOrNoneFromWire(currentLeader.leaderEpoch, 'leader epoch'),
          },
        }),
  };
}

function lengthPrefix(length: number): Uint8Array {
  const prefix = [RECORDS_TAG];
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) prefix.push((rest & 0x7f) | 0x80);
  prefix.push(rest);
  return Uint8Array.from(prefix);
}
