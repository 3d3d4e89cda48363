import { Client, connectivityState, Metadata, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { endpointText, type Endpoint } from '@milena/model';
import type {
  CallOptions,
  Channel,
  ChannelFailure,
  ChannelStream,
  StreamHandlers,
  TraceContext,
  UnaryOutcome,
} from '@milena/platform';
import type { ObserveCall } from './call-instruments';
import { CANCELLED, channelFailure } from './channel-failure';
import { openClientStream } from './client-stream';
import { deserializeBytes, serializeBytes } from './pass-through';

/** What all channels of a connector share. */
export interface GrpcChannelSettings {
  readonly credentials: ChannelCredentials;
  readonly channelOptions: ChannelOptions;
  readonly observe: ObserveCall;
  readonly connectTimeoutMs: number;
  readonly maxQueuedBytes: number;
}

function traceMetadata(trace: TraceContext | undefined): Metadata {
  const metadata = new Metadata();
  if (trace !== undefined) metadata.set('traceparent', trace.traceparent);
  return metadata;
}

/**
 * A channel over a grpc-js client. A client whose connection was refused, broke, or is not made in time is thrown away, and
 * the next call makes a new one, which resolves the peer's name: grpc-js would answer calls with the old error until its
 * reconnect backoff is over, wait for a connection that hangs, or connect to where the name led before (it resolves at most
 * every 30 s), and here the caller decides when to try again.
 */
export class GrpcChannel implements Channel {
  readonly #cancels = new Set<() => void>();
  #client: Client | undefined;
  #closed = false;

  constructor(
    readonly endpoint: Endpoint,
    readonly settings: GrpcChannelSettings,
  ) {}

  unary(method: string, request: Uint8Array, { timeoutMs, trace }: CallOptions): Promise<UnaryOutcome> {
    const call = this.#observe(method, true, trace);
    return new Promise((resolve) => {
      const client = this.#currentClient();
      let over = false;
      const finish = (outcome: UnaryOutcome): void => {
        if (over) return;
        over = true;
        this.#cancels.delete(cancel);
        if (!outcome.ok) this.#dropIfBroken(client, outcome.error);
        call.end(outcome.ok ? undefined : outcome.error);
        resolve(outcome);
      };
      const metadata = traceMetadata(call.trace);
      const deadline = Date.now() + timeoutMs;
      let cancelCall = (): void => {};
      const cancel = (): void => {
        finish({ ok: false, error: CANCELLED });
        cancelCall();
      };
      if (!(client instanceof Client)) return finish({ ok: false, error: client });
      this.#cancels.add(cancel);
      const unary = client.makeUnaryRequest(
        method,
        serializeBytes,
        deserializeBytes,
        request,
        metadata,
        { deadline },
        (error, value) =>
          finish(
            error === null
              ? { ok: true, value: value ?? new Uint8Array() }
              : { ok: false, error: channelFailure(error) },
          ),
      );
      cancelCall = () => unary.cancel();
    });
  }

  openStream(method: string, handlers: StreamHandlers): ChannelStream {
    const call = this.#observe(method, false);
    const client = this.#currentClient();
    if (!(client instanceof Client)) {
      setImmediate(() => handlers.onClosed(client));
      return { send() {}, end() {}, cancel() {} };
    }
    const stream = openClientStream(
      client.makeBidiStreamRequest(method, serializeBytes, deserializeBytes, new Metadata()),
      {
        onMessage: (message) => handlers.onMessage(message),
        onClosed: (failure) => {
          this.#cancels.delete(cancel);
          if (failure !== undefined) this.#dropIfBroken(client, failure);
          call.end(failure);
          handlers.onClosed(failure);
        },
      },
      this.settings,
    );
    const cancel = (): void => stream.cancel();
    this.#cancels.add(cancel);
    return stream;
  }

  get isConnected(): boolean {
    return this.#client?.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  close(): void {
    this.#closed = true;
    for (const cancel of [...this.#cancels]) cancel();
    this.#client?.close();
    this.#client = undefined;
  }

  /** The client to use, or why there is none: the channel is closed, or grpc-js cannot read the endpoint's host. */
  #currentClient(): Client | ChannelFailure {
    if (this.#closed) return CANCELLED;
    const { credentials, channelOptions } = this.settings;
    if (this.#client !== undefined && isIdle(this.#client)) this.#drop(this.#client);
    try {
      this.#client ??= new Client(endpointText(this.endpoint), credentials, channelOptions);
      return this.#client;
    } catch (error) {
      // A host may come from a peer; one that does not parse is no better than one that does not resolve.
      return { reason: 'timeout', message: error instanceof Error ? error.message : String(error) };
    }
  }

  #observe(method: string, traced: boolean, parent?: TraceContext): ReturnType<ObserveCall> {
    const attributes = { 'server.address': this.endpoint.host, 'server.port': this.endpoint.port };
    return this.settings.observe({ method, traced, parent, attributes });
  }

  /** A connection that was not made within the time of a whole call may never be: the next call tries another one. */
  #dropIfBroken(client: Client | ChannelFailure, { reason }: ChannelFailure): void {
    if (!(client instanceof Client)) return;
    const isBroken = reason === 'refused' || reason === 'reset' || (reason === 'timeout' && !this.isConnected);
    if (isBroken) this.#drop(client);
  }

  #drop(client: Client): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    client.close();
  }
}

/** Whether the connection was lost without a call to tell it: a client is idle before its first call and then only after. */
function isIdle(client: Client): boolean {
  return client.getChannel().getConnectivityState(false) === connectivityState.IDLE;
}
