import { Metadata, status, type ServerDuplexStream } from '@grpc/grpc-js';
import { MalformedInput } from '@milena/bytes';
import type { CallContext, ChannelFailure, ChannelStream, StreamAcceptor, StreamHandlers } from '@milena/platform';
import type { ObservedCall } from './call-instruments';
import type { PeerConnection } from './peer-connections';
import { failureStatus } from './failure-status';
import { rethrowOutside } from './pass-through';
import { SendQueue } from './send-queue';

type Call = ServerDuplexStream<Uint8Array, Uint8Array>;

/** What a stream needs of its server. */
export interface ServerStreamSettings {
  readonly context: CallContext;
  readonly connection: PeerConnection;
  readonly observed: ObservedCall;
  readonly maxQueuedBytes: number;
}

const CANCELLED: ChannelFailure = { reason: 'cancelled', message: 'cancelled' };

/** The server's end of a bidirectional call. */
class ServerStream implements ChannelStream {
  readonly #queue: SendQueue;
  readonly #handlers: StreamHandlers;
  #sending = true;
  #receiving = true;
  #observing = true;

  constructor(
    readonly call: Call,
    accept: StreamAcceptor,
    readonly settings: ServerStreamSettings,
  ) {
    this.#queue = new SendQueue(call, settings.maxQueuedBytes);
    call.on('data', (message: Uint8Array) => this.#receive(message));
    call.on('end', () => this.#ended());
    call.on('cancelled', () => this.#lost());
    // Every stream ends with 'end' or 'cancelled'; without a listener an error would stop the process.
    call.on('error', () => {});
    this.#handlers = accept(this, settings.context);
    // Tells the caller that the stream is accepted: it stops waiting for the connection.
    call.sendMetadata(new Metadata());
  }

  send(message: Uint8Array): void {
    if (this.#sending && !this.#queue.offer(message)) {
      this.#giveUp({ reason: 'cancelled', message: this.#queue.overflowText });
    }
  }

  end(): void {
    if (!this.#sending) return;
    this.#sending = false;
    this.call.end();
    this.#observeEnd(undefined);
    setImmediate(() => this.#closed(undefined));
  }

  cancel(): void {
    this.#giveUp(CANCELLED);
  }

  #receive(message: Uint8Array): void {
    if (!this.#receiving) return;
    try {
      this.#handlers.onMessage(message);
    } catch (error) {
      if (error instanceof MalformedInput) this.#refuse(error);
      else rethrowOutside(error);
    }
  }

  #refuse({ message }: MalformedInput): void {
    if (!this.#sending) return;
    this.#sending = false;
    this.call.emit('error', failureStatus({ code: 'INVALID_REQUEST', message }));
    this.#endLater(CANCELLED);
  }

  /** A status travels behind what waits to be sent; when a peer has stopped reading, only its connection can be broken. */
  #giveUp(failure: ChannelFailure): void {
    if (!this.#sending) return;
    this.#sending = false;
    if (this.#queue.isEmpty) this.call.emit('error', { code: status.CANCELLED, details: failure.message });
    else this.settings.connection.destroy();
    this.#endLater(failure);
  }

  /**
   * A broken or cancelled stream ends too, and says so only later. Metadata is never sent twice, but asking for it makes
   * grpc-js look whether the HTTP/2 stream was reset; it emits 'cancelled' in that case, before the next turn of the loop.
   */
  #ended(): void {
    this.call.sendMetadata(new Metadata());
    setImmediate(() => {
      if (!this.call.cancelled) this.#closed(undefined);
    });
  }

  /** The caller cancelled, or its connection broke: the socket shows which, once its events have run. */
  #lost(): void {
    this.#sending = false;
    setImmediate(() => {
      const broke = this.settings.connection.isBroken();
      this.#closed(broke ? { reason: 'reset', message: 'the connection broke' } : CANCELLED);
    });
  }

  #endLater(failure: ChannelFailure): void {
    this.#observeEnd(failure);
    setImmediate(() => this.#closed(failure));
  }

  #closed(failure: ChannelFailure | undefined): void {
    if (failure !== undefined) this.#observeEnd(failure);
    if (!this.#receiving) return;
    this.#receiving = false;
    this.#handlers.onClosed(failure);
  }

  #observeEnd(failure: ChannelFailure | undefined): void {
    if (!this.#observing) return;
    this.#observing = false;
    this.settings.observed.end(failure);
  }
}

/** Hands a bidirectional call to whom it is for. */
export function acceptServerStream(call: Call, accept: StreamAcceptor, settings: ServerStreamSettings): void {
  new ServerStream(call, accept, settings);
}
