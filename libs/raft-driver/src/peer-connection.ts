import { type Endpoint, endpointText, NO_NODE, type Uuid } from '@milena/model';
import type { Channel, ChannelFailure, ChannelFailureReason, Connector, Logger, Timers } from '@milena/platform';
import type { DescribeReplicaRequest, OutgoingRequest, RaftRequest, RaftResponse, ReplicaKey } from '@milena/raft';
import { createFetchStream, type FetchStream } from './fetch-stream';
import type { RaftClientHandlers } from './raft-client';
import { decodeOrUndefined, unaryCall } from './unary-call';

/** How long a greeting may take, milliseconds. */
const GREETING_TIMEOUT_MS = 2000;

/** How a call ended. */
type Answer =
  { readonly ok: true; readonly value: RaftResponse } | { readonly ok: false; readonly error: ChannelFailure };

/** What a peer is called with. */
export interface PeerConnectionOptions {
  readonly endpoint: Endpoint;
  readonly connector: Connector;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly handlers: RaftClientHandlers;
}

/**
 * One node of the quorum as we call it: unary calls and one long-lived Fetch stream on a connection of its own, made at the
 * first request. A connection that was refused, broke or fell silent is closed and made anew by the next request, so that
 * the peer's name is resolved again and no backoff of a dead connection is waited for.
 */
export class PeerConnection {
  /** NO_NODE while only the address is known. */
  nodeId = NO_NODE;
  #channel: Channel | undefined;
  #stream: FetchStream | undefined;
  #calls = 0;
  #closed = false;

  constructor(private readonly options: PeerConnectionOptions) {}

  /** Whether nothing is under way. */
  get isIdle(): boolean {
    return this.#calls === 0 && this.#stream === undefined;
  }

  /**
   * Connects if there is no connection, and asks whether the voter is there: so that the next call finds a connection and
   * code that has run before, and an address that leads to somebody else is told before it is needed.
   */
  greet(clusterId: Uuid, voter: ReplicaKey): void {
    if (this.#channel?.isConnected !== true) void this.#greet({ type: 'describeReplica', clusterId, replica: voter });
  }

  /** Sends anything but a fetch. */
  call(request: OutgoingRequest): void {
    void this.#call(request);
  }

  /** Sends a fetch on the stream. */
  fetch(request: OutgoingRequest): void {
    // The state machine asks again only after it forgot the former request, whose answer must not be taken for this one's.
    if (this.#stream?.awaitsAnswer === true) this.endFetching();
    this.#stream ??= this.#openFetchStream();
    this.#stream.send(request);
  }

  /** Ends the Fetch stream; a fetch under way on it fails as cancelled. */
  endFetching(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  /** Ends everything; no handler runs afterwards. */
  close(): void {
    this.#closed = true;
    this.#channel?.close();
    this.#channel = undefined;
  }

  #connect(): Channel {
    return (this.#channel ??= this.options.connector.connect(this.options.endpoint, 'raft'));
  }

  #disconnect(failed: Channel): void {
    if (this.#channel !== failed) return;
    this.#channel = undefined;
    failed.close();
  }

  #fail(request: OutgoingRequest, reason: ChannelFailureReason, message: string): void {
    const { endpoint, logger, handlers } = this.options;
    const facts = { to: endpointText(endpoint), request: request.request.type, reason, cause: message };
    logger.debug('raft request failed', facts);
    handlers.onFailure(request, reason);
  }

  async #call(request: OutgoingRequest): Promise<void> {
    const answer = await this.#unary(request.request, request.timeoutMs);
    if (this.#closed) return;
    if (answer.ok) this.options.handlers.onResponse(request, answer.value);
    else this.#fail(request, answer.error.reason, answer.error.message);
  }

  async #greet(request: DescribeReplicaRequest): Promise<void> {
    const answer = await this.#unary(request, GREETING_TIMEOUT_MS);
    if (this.#closed || !answer.ok || answer.value.error === 'NONE') return;
    const { endpoint, logger } = this.options;
    const facts = { voter: request.replica.id, endpoint: endpointText(endpoint), error: answer.value.error };
    logger.warn('not that voter is at its address', facts);
  }

  async #unary(request: RaftRequest, timeoutMs: number): Promise<Answer> {
    const channel = this.#connect();
    const { method, encoded, decode } = unaryCall(request);
    this.#calls += 1;
    const outcome = await channel.unary(method, encoded, { timeoutMs }).finally(() => (this.#calls -= 1));
    if (!outcome.ok) {
      if (breaksConnection(outcome.error.reason)) this.#disconnect(channel);
      return outcome;
    }
    const value = decodeOrUndefined(decode, outcome.value);
    if (value !== undefined) return { ok: true, value };
    return { ok: false, error: { reason: 'status', message: 'the answer is malformed' } };
  }

  #openFetchStream(): FetchStream {
    const channel = this.#connect();
    const { timers, handlers } = this.options;
    const opened = createFetchStream({
      channel,
      timers,
      onResponse: handlers.onResponse,
      onClosed: (unanswered, reason, message) => {
        if (this.#stream === opened) this.#stream = undefined;
        if (this.#closed) return;
        if (breaksConnection(reason)) this.#disconnect(channel);
        if (unanswered !== undefined) return this.#fail(unanswered, reason, message);
        const isDead = reason === 'reset' || reason === 'refused';
        if (isDead && this.nodeId !== NO_NODE) handlers.onPeerSuspected(this.nodeId);
      },
    });
    return opened;
  }
}

/** Whether a call that ended so says that its connection is of no more use. */
function breaksConnection(reason: ChannelFailureReason): boolean {
  return reason === 'refused' || reason === 'reset' || reason === 'timeout';
}
