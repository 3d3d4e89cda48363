import { DescribeReplicaRequestSchema, DescribeReplicaResponseSchema } from '@milena/proto';
import type { DescribeReplicaRequest, DescribeReplicaResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  factsFromWire,
  factsToWire,
  kraftVersionsFromWire,
  METADATA_LOG,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';

/** DescribeReplica: the leader's probe of an endpoint before it enters a voter set. */
export const describeReplicaRpc = defineRpc(
  'raft.v1.RaftService/DescribeReplica',
  {
    schema: DescribeReplicaRequestSchema,
    toWire: (request: DescribeReplicaRequest) => ({
      clusterId: request.clusterId,
      topicPartition: METADATA_LOG,
      replica: replicaKeyToWire(request.replica),
    }),
    fromWire(message): DescribeReplicaRequest {
      checkMetadataLog(message.topicPartition);
      return {
        type: 'describeReplica',
        clusterId: message.clusterId,
        replica: replicaKeyFromWire(message.replica),
      };
    },
  },
  {
    schema: DescribeReplicaResponseSchema,
    toWire: (response: DescribeReplicaResponse) => ({
      ...factsToWire(response),
      replica: replicaKeyToWire(response.replica),
      kraftVersions: response.kraftVersions,
    }),
    fromWire: (message): DescribeReplicaResponse => ({
      type: 'describeReplica',
      ...factsFromWire(message),
      replica: replicaKeyFromWire(message.replica),
      kraftVersions: kraftVersionsFromWire(message.kraftVersions),
    }),
  },
);
