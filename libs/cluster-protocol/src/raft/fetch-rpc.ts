import { MalformedInput } from '@milena/bytes';
import { isSafeLong } from '@milena/model';
import { type RaftEpochEndOffset, RaftFetchRequestSchema, RaftFetchResponseSchema } from '@milena/proto';
import type { DivergingEpoch, FetchRequest, FetchResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  factsFromWire,
  factsToWire,
  highWatermarkFromWire,
  METADATA_LOG,
  optionalOffsetToWire,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';
import { snapshotIdFromWire, snapshotIdToWire } from './snapshot-id-wire';
import { naturalFromWire, offsetFromWire } from '../wire-values';

function divergingEpochFromWire(message: RaftEpochEndOffset | undefined): { divergingEpoch?: DivergingEpoch } {
  if (message === undefined) return {};
  return {
    divergingEpoch: { epoch: naturalFromWire(message.epoch, 'epoch'), endOffset: offsetFromWire(message.endOffset) },
  };
}

function readRoundFromWire(value: bigint): { readRound?: number } {
  if (value < 0n || !isSafeLong(value)) throw new MalformedInput(`read round ${value}`);
  return value === 0n ? {} : { readRound: Number(value) };
}

/** Fetch of the metadata log (KIP-595): requests and answers alternate on one stream, in order. */
export const raftFetchRpc = defineRpc(
  'raft.v1.RaftService/Fetch',
  {
    schema: RaftFetchRequestSchema,
    toWire: (request: FetchRequest) => ({
      clusterId: request.clusterId,
      topicPartition: METADATA_LOG,
      replica: replicaKeyToWire(request.replica),
      epoch: request.epoch,
      fetchOffset: BigInt(request.fetchOffset),
      lastFetchedEpoch: request.lastFetchedEpoch,
      maxWaitMs: request.maxWaitMs,
      highWatermark: optionalOffsetToWire(request.highWatermark),
      readRound: BigInt(request.readRound ?? 0),
    }),
    fromWire(message): FetchRequest {
      checkMetadataLog(message.topicPartition);
      if (message.maxWaitMs < 0) throw new MalformedInput(`wait of ${message.maxWaitMs} ms`);
      return {
        type: 'fetch',
        clusterId: message.clusterId,
        replica: replicaKeyFromWire(message.replica),
        epoch: naturalFromWire(message.epoch, 'epoch'),
        fetchOffset: offsetFromWire(message.fetchOffset),
        lastFetchedEpoch: naturalFromWire(message.lastFetchedEpoch, 'epoch'),
        maxWaitMs: message.maxWaitMs,
        ...highWatermarkFromWire(message.highWatermark),
        ...readRoundFromWire(message.readRound),
      };
    },
  },
  {
    schema: RaftFetchResponseSchema,
    toWire: (response: FetchResponse) => ({
      ...factsToWire(response),
      highWatermark: optionalOffsetToWire(response.highWatermark),
      logStartOffset: BigInt(response.logStartOffset),
      ...(response.divergingEpoch === undefined
        ? {}
        : {
            divergingEpoch: {
              epoch: response.divergingEpoch.epoch,
              endOffset: BigInt(response.divergingEpoch.endOffset),
            },
          }),
      ...(response.snapshotId === undefined ? {} : { snapshotId: snapshotIdToWire(response.snapshotId) }),
      readRound: BigInt(response.readRound ?? 0),
      records: response.records as Uint8Array<ArrayBuffer>,
    }),
    fromWire: (message): FetchResponse => ({
      type: 'fetch',
      ...factsFromWire(message),
      ...highWatermarkFromWire(message.highWatermark),
      logStartOffset: offsetFromWire(message.logStartOffset),
      ...divergingEpochFromWire(message.divergingEpoch),
      ...(message.snapshotId === undefined ? {} : { snapshotId: snapshotIdFromWire(message.snapshotId) }),
      ...readRoundFromWire(message.readRound),
      records: message.records,
    }),
  },
);
