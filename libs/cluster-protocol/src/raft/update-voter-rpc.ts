import { UpdateVoterRequestSchema, UpdateVoterResponseSchema } from '@milena/proto';
import type { UpdateVoterRequest, UpdateVoterResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  clusterIdFromWire,
  endpointThatMustBeThere,
  endpointToWire,
  kraftVersionsFromWire,
  METADATA_LOG,
  outcomeFromWire,
  outcomeToWire,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';
import { naturalFromWire } from '../wire-values';

/** UpdateVoter (KIP-853, Kafka's UpdateRaftVoter). */
export const updateVoterRpc = defineRpc(
  'raft.v1.RaftService/UpdateVoter',
  {
    schema: UpdateVoterRequestSchema,
    toWire: (request: UpdateVoterRequest) => ({
      clusterId: request.clusterId ?? '',
      topicPartition: METADATA_LOG,
      epoch: request.epoch,
      voter: replicaKeyToWire(request.voter),
      endpoint: endpointToWire(request.voter.id, request.endpoint),
      kraftVersions: request.kraftVersions,
    }),
    fromWire(message): UpdateVoterRequest {
      checkMetadataLog(message.topicPartition);
      return {
        type: 'updateVoter',
        ...clusterIdFromWire(message.clusterId),
        epoch: naturalFromWire(message.epoch, 'epoch'),
        voter: replicaKeyFromWire(message.voter),
        endpoint: endpointThatMustBeThere(message.endpoint),
        kraftVersions: kraftVersionsFromWire(message.kraftVersions),
      };
    },
  },
  {
    schema: UpdateVoterResponseSchema,
    toWire: (response: UpdateVoterResponse) => outcomeToWire(response),
    fromWire: (message): UpdateVoterResponse => ({ type: 'updateVoter', ...outcomeFromWire(message) }),
  },
);
