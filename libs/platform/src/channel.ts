import type { Endpoint, GrpcStatusName, Result } from '@milena/model';
import type { TraceContext } from './tracer';

/**
 * Why a call or stream ended without an answer. `refused`: nothing listens at the port, the process is gone.
 * `reset`: an established connection broke. `timeout`: the deadline passed; the peer may be slow or cut off.
 * `cancelled`: by the caller. `status`: the peer answered with a gRPC status other than OK.
 */
export type ChannelFailureReason = 'refused' | 'reset' | 'timeout' | 'cancelled' | 'status';

/** A call that did not succeed; whether the peer carried it out is unknown unless the reason is `refused` or `status`. */
export interface ChannelFailure {
  readonly reason: ChannelFailureReason;
  /** Set when the reason is `status`. */
  readonly status?: GrpcStatusName;
  readonly message: string;
}

/** Outcome of a unary call: the response message, encoded. */
export type UnaryOutcome =
  { readonly ok: true; readonly value: Uint8Array } | { readonly ok: false; readonly error: ChannelFailure };

/** Settings of one unary call. */
export interface CallOptions {
  /** How long to wait, milliseconds from now; required, because an unbounded wait is a bug. */
  readonly timeoutMs: number;
  readonly trace?: TraceContext;
}

/** A connection to one service of one peer. Promises nothing but order within one stream. */
export interface Channel {
  /** Calls `method` (`/package.Service/Method`) with an encoded request. Never rejects. */
  unary(method: string, request: Uint8Array, options: CallOptions): Promise<UnaryOutcome>;
  /** Opens a bidirectional stream. Handlers run later, never inside this call; after `onClosed` none runs. */
  openStream(method: string, handlers: StreamHandlers): ChannelStream;
  /** Cancels what is under way and closes the connection. */
  close(): void;
}

/** The receiving half of a stream. */
export interface StreamHandlers {
  onMessage(message: Uint8Array): void;
  /** Called once. `undefined`: the peer ended the stream in good order. */
  onClosed(failure: ChannelFailure | undefined): void;
}

/** The sending half of a stream. Sending on a closed one does nothing. */
export interface ChannelStream {
  send(message: Uint8Array): void;
  /** Ends our half in good order. On the serving side this completes the call. */
  end(): void;
  /** Breaks the stream; the peer sees `cancelled` or `reset`. */
  cancel(): void;
}

/** Opens channels. `purpose` separates connections to one peer (raft, replica, lifecycle ...): they never share one. */
export interface Connector {
  connect(endpoint: Endpoint, purpose: string): Channel;
  /** Whether a connection to the port is refused right now: true only for a definite refusal, false for silence. */
  refuses(endpoint: Endpoint, timeoutMs: number): Promise<boolean>;
}

/** What a server knows of a call. */
export interface CallContext {
  /** Remote address, `host:port`. */
  readonly peer: string;
  readonly trace?: TraceContext;
}

/** Answers a unary call with an encoded response; a Failure becomes a gRPC status with google.rpc.ErrorInfo. Must not reject. */
export type UnaryHandler = (request: Uint8Array, context: CallContext) => Promise<Result<Uint8Array>>;

/** Accepts a stream: gets its sending half, returns the receiving one. */
export type StreamAcceptor = (stream: ChannelStream, context: CallContext) => StreamHandlers;

/** Where a server registers its methods before it starts listening. */
export interface ServiceHost {
  unary(method: string, handler: UnaryHandler): void;
  stream(method: string, accept: StreamAcceptor): void;
}
