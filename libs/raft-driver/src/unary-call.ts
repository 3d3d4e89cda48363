import { MalformedInput } from '@milena/bytes';
import {
  beginQuorumEpochRpc,
  describeQuorumRpc,
  endQuorumEpochRpc,
  raftFetchRpc,
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
