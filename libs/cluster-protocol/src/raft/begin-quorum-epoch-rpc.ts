import { MalformedInput } from '@milena/bytes';
import { BeginQuorumEpochRequestSchema, BeginQuorumEpochResponseSchema } from '@milena/proto';
import type { BeginQuorumEpochRequest, BeginQuorumEpochResponse } from '@milena/raft';
import { raftRpc } from './raft-rpc';
import {
  checkMetadataLog,
  endpointFromWire,
  endpointToWire,
  epochFromWire,
  factsFromWire,
  factsToWire,
  METADATA_LOG,
  nodeIdFromWire,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './wire-values';

/** BeginQuorumEpoch (KIP-595). */
export const beginQuorumEpochRpc = raftRpc(
  'BeginQuorumEpoch',
  {
    schema: BeginQuorumEpochRequestSchema,
    toWire: (request: BeginQuorumEpochRequest) => ({
      clusterId: request.clusterId,
      topicPartition: METADATA_LOG,
      voter: replicaKeyToWire(request.voter),
      leaderId: request.leaderId,
      epoch: request.epoch,
      leaderEndpoint: endpointToWire(request.leaderId, request.leaderEndpoint),
    }),
    fromWire(message): BeginQuorumEpochRequest {
      checkMetadataLog(message.topicPartition);
      if (message.leaderEndpoint === undefined) throw new MalformedInput('the leader names no endpoint');
      return {
        type: 'beginQuorumEpoch',
        clusterId: message.clusterId,
        voter: replicaKeyFromWire(message.voter),
        leaderId: nodeIdFromWire(message.leaderId),
        epoch: epochFromWire(message.epoch),
        leaderEndpoint: endpointFromWire(message.leaderEndpoint),
      };
    },
  },
  {
    schema: BeginQuorumEpochResponseSchema,
    toWire: (response: BeginQuorumEpochResponse) => factsToWire(response),
    fromWire: (message): BeginQuorumEpochResponse => ({ type: 'beginQuorumEpoch', ...factsFromWire(message) }),
  },
);
