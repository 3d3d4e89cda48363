import { NO_OFFSET } from '@milena/model';
import { DescribeQuorumRequestSchema, DescribeQuorumResponseSchema, type ReplicaState } from '@milena/proto';
import type { DescribeQuorumRequest, DescribeQuorumResponse, ReplicaProgress } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  endpointFromWire,
  endpointToWire,
  factsFromWire,
  factsToWire,
  highWatermarkFromWire,
  METADATA_LOG,
  optionalOffsetToWire,
  replicaKeyFromWire,
  replicaKeyToWire,
  timestampFromWire,
} from './raft-wire-values';
import { offsetFromWire } from '../wire-values';

function progressToWire(progress: ReplicaProgress) {
  return {
    replica: replicaKeyToWire(progress.replica),
    logEndOffset: BigInt(progress.logEndOffset),
    lastFetchTimestampMs: BigInt(progress.lastFetchTimestamp),
    lastCaughtUpTimestampMs: BigInt(progress.lastCaughtUpTimestamp),
    ...(progress.endpoint === undefined ? {} : { endpoint: endpointToWire(progress.replica.id, progress.endpoint) }),
  };
}

function progressFromWire(message: ReplicaState): ReplicaProgress {
  return {
    replica: replicaKeyFromWire(message.replica),
    ...(message.endpoint === undefined ? {} : { endpoint: endpointFromWire(message.endpoint) }),
    logEndOffset: message.logEndOffset === -1n ? NO_OFFSET : offsetFromWire(message.logEndOffset),
    lastFetchTimestamp: timestampFromWire(message.lastFetchTimestampMs),
    lastCaughtUpTimestamp: timestampFromWire(message.lastCaughtUpTimestampMs),
  };
}

/** DescribeQuorum (KIP-642). */
export const describeQuorumRpc = defineRpc(
  'raft.v1.RaftService/DescribeQuorum',
  {
    schema: DescribeQuorumRequestSchema,
    toWire: (request: DescribeQuorumRequest) => ({ clusterId: request.clusterId ?? '', topicPartition: METADATA_LOG }),
    fromWire(message): DescribeQuorumRequest {
      checkMetadataLog(message.topicPartition);
      return { type: 'describeQuorum', ...(message.clusterId === '' ? {} : { clusterId: message.clusterId }) };
    },
  },
  {
    schema: DescribeQuorumResponseSchema,
    toWire(response: DescribeQuorumResponse) {
      const { epoch, ...facts } = factsToWire(response);
      return {
        ...facts,
        clusterId: response.clusterId,
        leaderEpoch: epoch,
        highWatermark: optionalOffsetToWire(response.highWatermark),
        currentVoters: response.voters.map(progressToWire),
        observers: response.observers.map(progressToWire),
      };
    },
    fromWire: (message): DescribeQuorumResponse => ({
      type: 'describeQuorum',
      clusterId: message.clusterId,
      ...factsFromWire({ ...message, epoch: message.leaderEpoch }),
      ...highWatermarkFromWire(message.highWatermark),
      voters: message.currentVoters.map(progressFromWire),
      observers: message.observers.map(progressFromWire),
    }),
  },
);
