import { AddVoterRequestSchema, AddVoterResponseSchema } from '@milena/proto';
import type { AddVoterRequest, AddVoterResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  clusterIdFromWire,
  endpointThatMustBeThere,
  endpointToWire,
  METADATA_LOG,
  outcomeFromWire,
  outcomeToWire,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';
import { naturalFromWire } from '../wire-values';

/** AddVoter (KIP-853, Kafka's AddRaftVoter). */
export const addVoterRpc = defineRpc(
  'raft.v1.RaftService/AddVoter',
  {
    schema: AddVoterRequestSchema,
    toWire: (request: AddVoterRequest) => ({
      clusterId: request.clusterId ?? '',
      topicPartition: METADATA_LOG,
      voter: replicaKeyToWire(request.voter),
      endpoint: endpointToWire(request.voter.id, request.endpoint),
      timeoutMs: request.timeoutMs,
      ackWhenCommitted: request.ackWhenCommitted,
    }),
    fromWire(message): AddVoterRequest {
      checkMetadataLog(message.topicPartition);
      return {
        type: 'addVoter',
        ...clusterIdFromWire(message.clusterId),
        voter: replicaKeyFromWire(message.voter),
        endpoint: endpointThatMustBeThere(message.endpoint),
        timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
        ackWhenCommitted: message.ackWhenCommitted,
      };
    },
  },
  {
    schema: AddVoterResponseSchema,
    toWire: (response: AddVoterResponse) => outcomeToWire(response),
    fromWire: (message): AddVoterResponse => ({ type: 'addVoter', ...outcomeFromWire(message) }),
  },
);
