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

/** The parts of a unary call for a request of the state machine. */
export function unaryCall(request: RaftRequest): {
  readonly method: string;
  readonly encoded: Uint8Array;
  decode(bytes: Uint8Array): RaftResponse;
} {
  switch (request.type) {
    case 'vote':
      return { method: voteRpc.method, encoded: voteRpc.encodeRequest(request), decode: voteRpc.decodeResponse };
    case 'beginQuorumEpoch':
      return {
        method: beginQuorumEpochRpc.method,
        encoded: beginQuorumEpochRpc.encodeRequest(request),
        decode: beginQuorumEpochRpc.decodeResponse,
      };
    case 'endQuorumEpoch':
      return {
        method: endQuorumEpochRpc.method,
        encoded: endQuorumEpochRpc.encodeRequest(request),
        decode: endQuorumEpochRpc.decodeResponse,
      };
    case 'describeQuorum':
      return {
        method: describeQuorumRpc.method,
        encoded: describeQuorumRpc.encodeRequest(request),
        decode: describeQuorumRpc.decodeResponse,
      };
    case 'readIndex':
      return {
        method: readIndexRpc.method,
        encoded: readIndexRpc.encodeRequest(request),
        decode: readIndexRpc.decodeResponse,
      };
    case 'describeReplica':
      return {
        method: describeReplicaRpc.method,
        encoded: describeReplicaRpc.encodeRequest(request),
        decode: describeReplicaRpc.decodeResponse,
      };
    case 'addVoter':
      return {
        method: addVoterRpc.method,
        encoded: addVoterRpc.encodeRequest(request),
        decode: addVoterRpc.decodeResponse,
      };
    case 'removeVoter':
      return {
        method: removeVoterRpc.method,
        encoded: removeVoterRpc.encodeRequest(request),
        decode: removeVoterRpc.decodeResponse,
      };
    case 'updateVoter':
      return {
        method: updateVoterRpc.method,
        encoded: updateVoterRpc.encodeRequest(request),
        decode: updateVoterRpc.decodeResponse,
      };
    case 'fetchSnapshot':
      return {
        method: fetchSnapshotRpc.method,
        encoded: fetchSnapshotRpc.encodeRequest(request),
        decode: fetchSnapshotRpc.decodeResponse,
      };
    case 'fetch':
      return {
        method: raftFetchRpc.method,
        encoded: raftFetchRpc.encodeRequest(request),
        decode: raftFetchRpc.decodeResponse,
      };
    default:
      return unreachable(request);
  }
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
