import { MalformedInput } from '@milena/bytes';
import { BeginQuorumEpochRequestSchema, BeginQuorumEpochResponseSchema } from '@milena/proto';
import type { BeginQuorumEpochRequest, BeginQuorumEpochResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  endpointFromWire,
  endpointToWire,
  factsFromWire,
  factsToWire,
  METADATA_LOG,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';
import { naturalFromWire } from '../wire-values';

/** BeginQuorumEpoch (KIP-595). */
export const beginQuorumEpochRpc = defineRpc(
  'raft.v1.RaftService/BeginQuorumEpoch',
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
        leaderId: naturalFromWire(message.leaderId, 'node id'),
        epoch: naturalFromWire(message.epoch, 'epoch'),
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
