import { MalformedInput } from '@milena/bytes';
import { raftFetchRpc } from '@milena/cluster-protocol';
import { invariant } from '@milena/model';
import type { Channel, ChannelFailureReason, Timer, Timers } from '@milena/platform';
import type { FetchResponse, OutgoingRequest } from '@milena/raft';

/** The client's side of one Fetch stream: one request at a time, its answer, the next request. */
export interface FetchStream {
  /** Whether the last request is unanswered. */
  readonly awaitsAnswer: boolean;
  send(request: OutgoingRequest): void;
  /** Gives it up: ends it in good order, or breaks it when an answer is awaited, whose request then fails as cancelled. */
  end(): void;
}

/** What a stream is opened with. Nothing of it runs inside a call of the stream. */
export interface FetchStreamOptions {
  readonly channel: Channel;
  readonly timers: Timers;
  onResponse(request: OutgoingRequest, response: FetchResponse): void;
  /** Called once unless `end` was called first; also then when a request is left unanswered. */
  onClosed(unanswered: OutgoingRequest | undefined, reason: ChannelFailureReason, message: string): void;
}

/** Opens a stream. It stays open between requests; an idle long poll costs one message each way per wait. */
export function createFetchStream({ channel, timers, onResponse, onClosed }: FetchStreamOptions): FetchStream {
  let awaited: { readonly request: OutgoingRequest; readonly timer: Timer } | undefined;
  let state: 'open' | 'ending' | 'closed' = 'open';

  function takeAwaited(): OutgoingRequest | undefined {
    const taken = awaited;
    awaited = undefined;
    taken?.timer.cancel();
    return taken?.request;
  }

  function close(reason: ChannelFailureReason, message: string): void {
    if (state === 'closed') return;
    const isReported = state === 'open' || awaited !== undefined;
    state = 'closed';
    const unanswered = takeAwaited();
    if (isReported) onClosed(unanswered, reason, message);
  }

  function abandon(reason: ChannelFailureReason, message: string): void {
    if (state === 'closed') return;
    stream.cancel();
    close(reason, message);
  }

  function onMessage(bytes: Uint8Array): void {
    if (state === 'closed') return;
    let response: FetchResponse;
    try {
      response = raftFetchRpc.decodeResponse(bytes);
    } catch (error) {
      if (!(error instanceof MalformedInput)) throw error;
      return abandon('status', error.message);
    }
    const request = takeAwaited();
    if (request === undefined) return abandon('status', 'an answer that nobody asked for');
    onResponse(request, response);
  }

  const stream = channel.openStream(raftFetchRpc.method, {
    onMessage,
    onClosed: (failure) => close(failure?.reason ?? 'reset', failure?.message ?? 'the peer ended the stream'),
  });

  return {
    get awaitsAnswer() {
      return awaited !== undefined;
    },
    send(request) {
      invariant(request.request.type === 'fetch', 'only fetches go on a fetch stream', { type: request.request.type });
      invariant(awaited === undefined, 'one fetch at a time goes on a stream');
      const timer = timers.after(request.timeoutMs, () => abandon('timeout', 'no answer in time'));
      awaited = { request, timer };
      stream.send(raftFetchRpc.encodeRequest(request.request));
    },
    end() {
      if (state !== 'open') return;
      state = 'ending';
      if (awaited === undefined) stream.end();
      else stream.cancel();
    },
  };
}
