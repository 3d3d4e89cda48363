import { MalformedInput } from '@milena/bytes';
import {
  addVoterRpc,
  beginQuorumEpochRpc,
  describeQuorumRpc,
  describeReplicaRpc,
  endQuorumEpochRpc,
  fetchSnapshotRpc,
  raftFetchRpc,
  readIndexRpc,
  removeVoterRpc,
  updateVoterRpc,
  voteRpc,
} from '@milena/cluster-protocol';
import { unreachable } from '@milena/model';
import type { RaftRequest, RaftResponse } from '@milena/raft';

/** The parts of a unary call. */
export interface UnaryCall {
  readonly method: string;
  readonly encoded: Uint8Array;
  decode(bytes: Uint8Array): RaftResponse;
}

/** What a request of the state machine becomes on the wire. */
export function unaryCall(request: RaftRequest): UnaryCall {
  switch (request.type) {
    case 'vote':
      return callOf(voteRpc, request);
    case 'beginQuorumEpoch':
      return callOf(beginQuorumEpochRpc, request);
    case 'endQuorumEpoch':
      return callOf(endQuorumEpochRpc, request);
    case 'describeQuorum':
      return callOf(describeQuorumRpc, request);
    case 'readIndex':
      return callOf(readIndexRpc, request);
    case 'describeReplica':
      return callOf(describeReplicaRpc, request);
    case 'addVoter':
      return callOf(addVoterRpc, request);
    case 'removeVoter':
      return callOf(removeVoterRpc, request);
    case 'updateVoter':
      return callOf(updateVoterRpc, request);
    case 'fetchSnapshot':
      return callOf(fetchSnapshotRpc, request);
    case 'fetch':
      return callOf(raftFetchRpc, request);
    default:
      return unreachable(request);
  }
}

function callOf<Request>(
  rpc: {
    readonly method: string;
    encodeRequest(request: Request): Uint8Array;
    decodeResponse(bytes: Uint8Array): RaftResponse;
  },
  request: Request,
): UnaryCall {
  return { method: rpc.method, encoded: rpc.encodeRequest(request), decode: (bytes) => rpc.decodeResponse(bytes) };
}

/** The decoded answer; undefined when the bytes are none. */
export function decodeOrUndefined<Response>(
  decode: (bytes: Uint8Array) => Response,
  bytes: Uint8Array,
): Response | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
}
