import { VoteRequestSchema, VoteResponseSchema } from '@milena/proto';
import type { VoteRequest, VoteResponse } from '@milena/raft';
import { defineRpc } from '../rpc';
import {
  checkMetadataLog,
  factsFromWire,
  factsToWire,
  METADATA_LOG,
  replicaKeyFromWire,
  replicaKeyToWire,
} from './raft-wire-values';
import { naturalFromWire, offsetFromWire } from '../wire-values';

/** Vote, with pre-vote (KIP-595, KIP-996). */
export const voteRpc = defineRpc(
  'raft.v1.RaftService/Vote',
  {
    schema: VoteRequestSchema,
    toWire: (request: VoteRequest) => ({
      clusterId: request.clusterId,
      topicPartition: METADATA_LOG,
      voter: replicaKeyToWire(request.voter),
      epoch: request.epoch,
      candidate: replicaKeyToWire(request.candidate),
      lastEpoch: request.lastEpoch,
      lastOffset: BigInt(request.lastOffset),
      preVote: request.preVote,
    }),
    fromWire(message): VoteRequest {
      checkMetadataLog(message.topicPartition);
      return {
        type: 'vote',
        clusterId: message.clusterId,
        voter: replicaKeyFromWire(message.voter),
        epoch: naturalFromWire(message.epoch, 'epoch'),
        candidate: replicaKeyFromWire(message.candidate),
        lastEpoch: naturalFromWire(message.lastEpoch, 'epoch'),
        lastOffset: offsetFromWire(message.lastOffset),
        preVote: message.preVote,
      };
    },
  },
  {
    schema: VoteResponseSchema,
    toWire: (response: VoteResponse) => ({ ...factsToWire(response), voteGranted: response.voteGranted }),
    fromWire: (message): VoteResponse => ({
      type: 'vote',
      ...factsFromWire(message),
      voteGranted: message.voteGranted,
    }),
  },
);
