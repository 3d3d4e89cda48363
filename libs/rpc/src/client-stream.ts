import { status, type ClientDuplexStream, type StatusObject } from '@grpc/grpc-js';
import { MalformedInput } from '@milena/bytes';
import type { ChannelFailure, ChannelStream, StreamHandlers } from '@milena/platform';
import { CANCELLED, channelFailure } from './channel-failure';
import { rethrowOutside } from './pass-through';
import { SendQueue } from './send-queue';

/** Limits of one stream. */
export interface ClientStreamSettings {
  readonly connectTimeoutMs: number;
  readonly maxQueuedBytes: number;
}

type Call = ClientDuplexStream<Uint8Array, Uint8Array>;

/** The caller's end of a bidirectional call. */
class ClientStream implements ChannelStream {
  readonly #queue: SendQueue;
  readonly #connectTimer: NodeJS.Timeout;
  #over = false;
  #sending = true;
  #status: StatusObject | undefined;
  #drained = false;

  constructor(
    readonly call: Call,
    readonly handlers: StreamHandlers,
    { connectTimeoutMs, maxQueuedBytes }: ClientStreamSettings,
  ) {
    this.#queue = new SendQueue(call, maxQueuedBytes);
    const late: ChannelFailure = { reason: 'timeout', message: `no connection within ${connectTimeoutMs} ms` };
    this.#connectTimer = setTimeout(() => this.#giveUp(late), connectTimeoutMs);
    call.on('metadata', () => clearTimeout(this.#connectTimer));
    call.on('data', (message: Uint8Array) => this.#receive(message));
    call.on('end', () => {
      this.#drained = true;
      this.#closeWhenComplete();
    });
    call.on('status', (outcome: StatusObject) => {
      this.#status = outcome;
      this.#closeWhenComplete();
    });
    // The status event tells everything that this one does; without a listener it would stop the process.
    call.on('error', () => {});
  }

  send(message: Uint8Array): void {
    if (!this.#sending || this.#queue.offer(message)) return;
    this.#giveUp({ reason: 'cancelled', message: this.#queue.overflowText });
  }

  end(): void {
    if (!this.#sending) return;
    this.#sending = false;
    this.call.end();
  }

  cancel(): void {
    this.#giveUp(CANCELLED);
  }

  #receive(message: Uint8Array): void {
    if (this.#over) return;
    try {
      this.handlers.onMessage(message);
    } catch (error) {
      if (error instanceof MalformedInput) this.#giveUp({ reason: 'cancelled', message: error.message });
      else rethrowOutside(error);
    }
  }

  /** A call that ended well is over once its last message was read; a failed one at once. */
  #closeWhenComplete(): void {
    if (this.#status === undefined) return;
    if (this.#status.code !== status.OK) this.#close(channelFailure(this.#status));
    else if (this.#drained) this.#close(undefined);
  }

  #giveUp(failure: ChannelFailure): void {
    if (this.#over) return;
    this.#stop();
    this.call.cancel();
    setImmediate(() => this.handlers.onClosed(failure));
  }

  #close(failure: ChannelFailure | undefined): void {
    if (this.#over) return;
    this.#stop();
    this.handlers.onClosed(failure);
  }

  #stop(): void {
    this.#over = true;
    this.#sending = false;
    clearTimeout(this.#connectTimer);
  }
}

/** Hands a bidirectional call to `handlers`. */
export function openClientStream(call: Call, handlers: StreamHandlers, settings: ClientStreamSettings): ChannelStream {
  return new ClientStream(call, handlers, settings);
}
