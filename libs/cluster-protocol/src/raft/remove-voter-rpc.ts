import { RemoveVoterRequestSchema, RemoveVoterResponseSchema } from '@milena/proto';
import type { RemoveVoterRequest, RemoveVoterResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  clusterIdFromWire,
  METADATA_LOG,
  outcomeFromWire,
  outcomeToWire,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';

/** RemoveVoter (KIP-853, Kafka's RemoveRaftVoter). */
export const removeVoterRpc = defineRpc(
  'raft.v1.RaftService/RemoveVoter',
  {
    schema: RemoveVoterRequestSchema,
    toWire: (request: RemoveVoterRequest) => ({
      clusterId: request.clusterId ?? '',
      topicPartition: METADATA_LOG,
      voter: replicaKeyToWire(request.voter),
    }),
    fromWire(message): RemoveVoterRequest {
      checkMetadataLog(message.topicPartition);
      return {
        type: 'removeVoter',
        ...clusterIdFromWire(message.clusterId),
        voter: replicaKeyFromWire(message.voter),
      };
    },
  },
  {
    schema: RemoveVoterResponseSchema,
    toWire: (response: RemoveVoterResponse) => outcomeToWire(response),
    fromWire: (message): RemoveVoterResponse => ({ type: 'removeVoter', ...outcomeFromWire(message) }),
  },
);
