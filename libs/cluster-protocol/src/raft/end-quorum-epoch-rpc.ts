import { EndQuorumEpochRequestSchema, EndQuorumEpochResponseSchema } from '@milena/proto';
import type { EndQuorumEpochRequest, EndQuorumEpochResponse } from '@milena/raft';
import { raftRpc } from './raft-rpc';
import {
  checkMetadataLog,
  epochFromWire,
  factsFromWire,
  factsToWire,
  METADATA_LOG,
  nodeIdFromWire,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './wire-values';

/** EndQuorumEpoch (KIP-595). */
export const endQuorumEpochRpc = raftRpc(
  'EndQuorumEpoch',
  {
    schema: EndQuorumEpochRequestSchema,
    toWire: (request: EndQuorumEpochRequest) => ({
      clusterId: request.clusterId,
      topicPartition: METADATA_LOG,
      voter: replicaKeyToWire(request.voter),
      leaderId: request.leaderId,
      epoch: request.epoch,
      preferredCandidates: request.preferredCandidates.map(replicaKeyToWire),
    }),
    fromWire(message): EndQuorumEpochRequest {
      checkMetadataLog(message.topicPartition);
      return {
        type: 'endQuorumEpoch',
        clusterId: message.clusterId,
        voter: replicaKeyFromWire(message.voter),
        leaderId: nodeIdFromWire(message.leaderId),
        epoch: epochFromWire(message.epoch),
        preferredCandidates: message.preferredCandidates.map(replicaKeyFromWire),
      };
    },
  },
  {
    schema: EndQuorumEpochResponseSchema,
    toWire: (response: EndQuorumEpochResponse) => factsToWire(response),
    fromWire: (message): EndQuorumEpochResponse => ({ type: 'endQuorumEpoch', ...factsFromWire(message) }),
  },
);
