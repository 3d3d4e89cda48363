import { MalformedInput } from '@milena/bytes';
import { isSafeLong } from '@milena/model';
import { FetchSnapshotRequestSchema, FetchSnapshotResponseSchema } from '@milena/proto';
import type { FetchSnapshotRequest, FetchSnapshotResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  factsFromWire,
  factsToWire,
  METADATA_LOG,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';
import { snapshotIdFromWire, snapshotIdToWire } from './snapshot-id-wire';
import { naturalFromWire } from '../wire-values';

function bytesFromWire(value: bigint, what: string): number {
  if (value < 0n || !isSafeLong(value)) throw new MalformedInput(`${what} ${value}`);
  return Number(value);
}

/** FetchSnapshot of the metadata log (KIP-630): one piece for each call. */
export const fetchSnapshotRpc = defineRpc(
  'raft.v1.RaftService/FetchSnapshot',
  {
    schema: FetchSnapshotRequestSchema,
    toWire: (request: FetchSnapshotRequest) => ({
      clusterId: request.clusterId,
      topicPartition: METADATA_LOG,
      replica: replicaKeyToWire(request.replica),
      epoch: request.epoch,
      snapshotId: snapshotIdToWire(request.snapshotId),
      position: BigInt(request.position),
      maxBytes: request.maxBytes,
    }),
    fromWire(message): FetchSnapshotRequest {
      checkMetadataLog(message.topicPartition);
      return {
        type: 'fetchSnapshot',
        clusterId: message.clusterId,
        replica: replicaKeyFromWire(message.replica),
        epoch: naturalFromWire(message.epoch, 'epoch'),
        snapshotId: snapshotIdFromWire(message.snapshotId),
        position: bytesFromWire(message.position, 'position'),
        maxBytes: naturalFromWire(message.maxBytes, 'most bytes'),
      };
    },
  },
  {
    schema: FetchSnapshotResponseSchema,
    toWire: (response: FetchSnapshotResponse) => ({
      ...factsToWire(response),
      snapshotId: snapshotIdToWire(response.snapshotId),
      size: BigInt(response.size),
      position: BigInt(response.position),
      bytes: response.bytes as Uint8Array<ArrayBuffer>,
    }),
    fromWire: (message): FetchSnapshotResponse => ({
      type: 'fetchSnapshot',
      ...factsFromWire(message),
      snapshotId: snapshotIdFromWire(message.snapshotId),
      size: bytesFromWire(message.size, 'size'),
      position: bytesFromWire(message.position, 'position'),
      bytes: message.bytes,
    }),
  },
);
