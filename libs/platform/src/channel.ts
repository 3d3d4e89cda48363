import type { Endpoint, Failure, GrpcStatusName, Result } from '@milena/model';
import type { TraceContext } from './tracer';

/**
 * Why a call or stream ended without an answer. `refused`: nothing listens at the port, the process is gone; or the peer,
 * which is stopping, takes nothing more in on this connection. `reset`: an established connection broke. `timeout`: the deadline passed; the peer may be slow or cut off.
 * `cancelled`: by the caller. `status`: the peer answered with a gRPC status other than OK.
 */
export type ChannelFailureReason = 'refused' | 'reset' | 'timeout' | 'cancelled' | 'status';

/** A call that did not succeed; whether the peer carried it out is unknown unless the reason is `refused` or `status`. */
export interface ChannelFailure {
  readonly reason: ChannelFailureReason;
  /** Set when the reason is `status`. */
  readonly status?: GrpcStatusName;
  /** Set when the reason is `status` and the peer's handler answered with this Failure. */
  readonly failure?: Failure;
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

/**
 * A connection to one peer, made at the first call and made anew by the next call after it broke. Promises nothing but
 * order within one stream.
 */
export interface Channel {
  /** Calls `method` (`/package.Service/Method`) with an encoded request, which must never be changed after. Never rejects. */
  unary(method: string, request: Uint8Array, options: CallOptions): Promise<UnaryOutcome>;
  /**
   * Opens a bidirectional stream. Handlers run later, never inside a call of the stream or of this; after `onClosed` none
   * runs. A connection that cannot be made in the connector's time ends the stream with `timeout`.
   */
  openStream(method: string, handlers: StreamHandlers): ChannelStream;
  /** Whether a connection is there; a broken one does not count. Makes none. */
  readonly isConnected: boolean;
  /** Cancels what is under way and closes the connection. */
  close(): void;
}

/**
 * The receiving half of a stream. An `onMessage` that throws MalformedInput ends the stream: at the server with the status
 * of INVALID_REQUEST, at the caller as if by `cancel`. Anything else that a handler throws is a broken invariant and
 * stops the process.
 */
export interface StreamHandlers {
  onMessage(message: Uint8Array): void;
  /**
   * Called exactly once, whoever ended the stream. `undefined`: in good order. At the caller that means the call is
   * complete; at the server that the caller sends no more, or that the server itself ended the call.
   */
  onClosed(failure: ChannelFailure | undefined): void;
}

/** The sending half of a stream. Sending on a closed one does nothing. */
export interface ChannelStream {
  /**
   * Sends a message. Its bytes belong to the channel from then on and must never be changed. A stream whose unsent messages
   * exceed the bound of its connection is cancelled: senders that may run ahead must wait for answers.
   */
  send(message: Uint8Array): void;
  /**
   * Ends our half in good order, after what was sent. The caller still receives until the server ends its half too, which
   * completes the call; a server must end every stream whose `onClosed` brought no failure.
   */
  end(): void;
  /**
   * Breaks the stream. Our own handlers see `cancelled`. The caller sees `reset`; the server `cancelled` or a good end,
   * because HTTP/2 does not always tell the two apart. A connection that breaks never looks like either.
   */
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
  /** Set on unary calls made under a trace; the messages of a stream carry their own. */
  readonly trace?: TraceContext;
}

/**
 * Answers a unary call with an encoded response; a Failure becomes a gRPC status with google.rpc.ErrorInfo and arrives as
 * that Failure. A handler that throws or rejects with MalformedInput is answered INVALID_REQUEST; anything else it throws
 * is a broken invariant and stops the process.
 */
export type UnaryHandler = (request: Uint8Array, context: CallContext) => Promise<Result<Uint8Array>>;

/** Accepts a stream: gets its sending half, returns the receiving one. */
export type StreamAcceptor = (stream: ChannelStream, context: CallContext) => StreamHandlers;

/** Where a server registers its methods before it starts listening. */
export interface ServiceHost {
  unary(method: string, handler: UnaryHandler): void;
  stream(method: string, accept: StreamAcceptor): void;
}
