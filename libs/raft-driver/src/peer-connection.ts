import { MalformedInput } from '@milena/bytes';
import {
  beginQuorumEpochRpc,
  describeQuorumRpc,
  endQuorumEpochRpc,
  raftFetchRpc,
  voteRpc,
} from '@milena/cluster-protocol';
import { type Endpoint, endpointText, NO_NODE, unreachable } from '@milena/model';
import type { Channel, ChannelFailureReason, Connector, Logger, Timers } from '@milena/platform';
import type { OutgoingRequest, RaftRequest, RaftResponse } from '@milena/raft';
import { createFetchStream, type FetchStream } from './fetch-stream';
import type { RaftClientHandlers } from './raft-client';

/** One node of the quorum as we call it: unary calls and one long-lived Fetch stream on a connection of its own. */
export interface PeerConnection {
  /** NO_NODE while only the address is known. */
  nodeId: number;
  call(request: OutgoingRequest): void;
  fetch(request: OutgoingRequest): void;
  /** Ends the Fetch stream; a fetch under way on it fails as cancelled. */
  endFetching(): void;
  close(): void;
}

/**
 * Makes one that connects at the first request. A connection that was refused, broke or fell silent is closed and made
 * anew by the next request, so that the peer's name is resolved again and no backoff of a dead connection is waited for.
 */
export function createPeerConnection(options: {
  readonly endpoint: Endpoint;
  readonly connector: Connector;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly handlers: RaftClientHandlers;
}): PeerConnection {
  const { endpoint, connector, timers, logger, handlers } = options;
  let channel: Channel | undefined;
  let stream: FetchStream | undefined;
  let closed = false;

  const connect = (): Channel => (channel ??= connector.connect(endpoint, 'raft'));

  function fail(request: OutgoingRequest, reason: ChannelFailureReason, message: string): void {
    const facts = { to: endpointText(endpoint), request: request.request.type, reason, cause: message };
    logger.debug('raft request failed', facts);
    handlers.onFailure(request, reason);
  }

  function disconnect(failed: Channel): void {
    if (channel !== failed) return;
    channel = undefined;
    failed.close();
  }

  async function call(request: OutgoingRequest): Promise<void> {
    const via = connect();
    const { method, encoded, decode } = unaryCall(request.request);
    const outcome = await via.unary(method, encoded, { timeoutMs: request.timeoutMs });
    if (closed) return;
    if (outcome.ok) {
      const response = decodeOrUndefined(decode, outcome.value);
      if (response === undefined) return fail(request, 'status', 'the answer is malformed');
      return handlers.onResponse(request, response);
    }
    const { reason, message } = outcome.error;
    if (breaksConnection(reason)) disconnect(via);
    fail(request, reason, message);
  }

  function openFetchStream(): FetchStream {
    const via = connect();
    const opened = createFetchStream({
      channel: via,
      timers,
      onResponse: handlers.onResponse,
      onClosed(unanswered, reason, message) {
        if (stream === opened) stream = undefined;
        if (closed) return;
        if (breaksConnection(reason)) disconnect(via);
        if (unanswered !== undefined) return fail(unanswered, reason, message);
        const isDead = reason === 'reset' || reason === 'refused';
        if (isDead && peer.nodeId !== NO_NODE) handlers.onPeerSuspected(peer.nodeId);
      },
    });
    return opened;
  }

  const peer: PeerConnection = {
    nodeId: NO_NODE,
    call(request) {
      void call(request);
    },
    fetch(request) {
      // The state machine asks again only after it forgot the former request, whose answer must not be taken for this one's.
      if (stream?.awaitsAnswer === true) peer.endFetching();
      stream ??= openFetchStream();
      stream.send(request);
    },
    endFetching() {
      stream?.end();
      stream = undefined;
    },
    close() {
      closed = true;
      channel?.close();
      channel = undefined;
    },
  };
  return peer;
}

/** Whether a call that ended so says that its connection is of no more use. */
function breaksConnection(reason: ChannelFailureReason): boolean {
  return reason === 'refused' || reason === 'reset' || reason === 'timeout';
}

/** The parts of a unary call for a request. */
function unaryCall(request: RaftRequest): {
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
function decodeOrUndefined<Response>(decode: (bytes: Uint8Array) => Response, bytes: Uint8Array): Response | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
}
