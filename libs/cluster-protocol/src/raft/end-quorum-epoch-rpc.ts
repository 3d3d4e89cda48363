import { EndQuorumEpochRequestSchema, EndQuorumEpochResponseSchema } from '@milena/proto';
import type { EndQuorumEpochRequest, EndQuorumEpochResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  factsFromWire,
  factsToWire,
  METADATA_LOG,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';
import { naturalFromWire } from '../wire-values';

/** EndQuorumEpoch (KIP-595). */
export const endQuorumEpochRpc = defineRpc(
  'raft.v1.RaftService/EndQuorumEpoch',
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
        leaderId: naturalFromWire(message.leaderId, 'node id'),
        epoch: naturalFromWire(message.epoch, 'epoch'),
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
