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
  type Rpc,
  updateVoterRpc,
  voteRpc,
} from '@milena/cluster-protocol';
import { failure, type Result, success } from '@milena/model';
import type { ChannelFailure, ChannelStream, ServiceHost, StreamHandlers } from '@milena/platform';
import type { OutgoingAnswer, RaftRequest, RaftResponse } from '@milena/raft';

/** Where requests go. */
export interface RaftServiceHandlers {
  /** False while the node cannot serve: not started, or stopping. */
  accepts(): boolean;
  onRequest(requestId: number, request: RaftRequest): void;
  /** Nobody waits for the answer any more. */
  onRequestGone(requestId: number): void;
  /** The stream a replica fetched on broke, and it was the newest of that replica. */
  onReplicaLost(replicaId: number, failure: ChannelFailure): void;
}

/** The serving side of the quorum's protocol. */
export interface RaftService {
  /** Sends an answer; one that nobody waits for is dropped. */
  answer(answer: OutgoingAnswer): void;
  /** Refuses whoever waits and breaks the Fetch streams. */
  close(): void;
}

type Answer = (response: RaftResponse | undefined) => void;

type ServeUnary = <Request extends RaftRequest, Response extends RaftResponse>(
  rpc: Rpc<Request, Response>,
  isResponse: (response: RaftResponse) => response is Response,
) => void;

/** Registers the methods of RaftService at `host`. */
export function createRaftService(host: ServiceHost, handlers: RaftServiceHandlers): RaftService {
  const waiting = new Map<number, Answer>();
  const streams = new Set<ChannelStream>();
  const newestStreamOf = new Map<number, ChannelStream>();
  let nextRequestId = 1;

  function accept(request: RaftRequest, answer: Answer): number {
    const requestId = nextRequestId++;
    waiting.set(requestId, answer);
    handlers.onRequest(requestId, request);
    return requestId;
  }

  const serveUnary: ServeUnary = (rpc, isResponse) => {
    host.unary(rpc.method, (bytes) => {
      const request = rpc.decodeRequest(bytes);
      if (!handlers.accepts()) return Promise.resolve(notServing());
      return new Promise<Result<Uint8Array>>((resolve) => {
        accept(request, (response) => {
          const fits = response !== undefined && isResponse(response);
          resolve(fits ? success(rpc.encodeResponse(response)) : notServing());
        });
      });
    });
  };

  serveUnaryRpcs(serveUnary);

  host.stream(raftFetchRpc.method, (stream): StreamHandlers => {
    let replicaId: number | undefined;
    let awaited: number | undefined;
    streams.add(stream);
    return {
      onMessage(bytes) {
        const request = raftFetchRpc.decodeRequest(bytes);
        // One fetch at a time: answers carry no number to match them by.
        if (!handlers.accepts() || awaited !== undefined) return stream.cancel();
        // A stream is one replica's, which is what its end is told of.
        if (replicaId !== undefined && replicaId !== request.replica.id) return stream.cancel();
        replicaId = request.replica.id;
        newestStreamOf.set(replicaId, stream);
        awaited = nextRequestId;
        accept(request, (response) => {
          awaited = undefined;
          if (response?.type === 'fetch') stream.send(raftFetchRpc.encodeResponse(response));
        });
      },
      onClosed(failed) {
        streams.delete(stream);
        stream.end();
        if (awaited !== undefined && waiting.delete(awaited)) handlers.onRequestGone(awaited);
        if (replicaId === undefined || newestStreamOf.get(replicaId) !== stream) return;
        newestStreamOf.delete(replicaId);
        if (failed !== undefined) handlers.onReplicaLost(replicaId, failed);
      },
    };
  });

  return {
    answer({ requestId, response }) {
      const answer = waiting.get(requestId);
      waiting.delete(requestId);
      answer?.(response);
    },
    close() {
      for (const answer of waiting.values()) answer(undefined);
      waiting.clear();
      for (const stream of streams) stream.cancel();
    },
  };
}

function serveUnaryRpcs(serveUnary: ServeUnary): void {
  serveUnary(voteRpc, (response) => response.type === 'vote');
  serveUnary(beginQuorumEpochRpc, (response) => response.type === 'beginQuorumEpoch');
  serveUnary(endQuorumEpochRpc, (response) => response.type === 'endQuorumEpoch');
  serveUnary(describeQuorumRpc, (response) => response.type === 'describeQuorum');
  serveUnary(readIndexRpc, (response) => response.type === 'readIndex');
  serveUnary(describeReplicaRpc, (response) => response.type === 'describeReplica');
  serveUnary(fetchSnapshotRpc, (response) => response.type === 'fetchSnapshot');
  serveUnary(addVoterRpc, (response) => response.type === 'addVoter');
  serveUnary(removeVoterRpc, (response) => response.type === 'removeVoter');
  serveUnary(updateVoterRpc, (response) => response.type === 'updateVoter');
}

function notServing(): Result<Uint8Array> {
  return failure('BROKER_NOT_AVAILABLE', 'this node does not serve the quorum at present');
}
