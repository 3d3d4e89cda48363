/** Bounds on what clients of a listener may take. Kafka's keys are in brackets; times are milliseconds. */
export interface ConnectionLimits {
  /** Largest request; a larger one closes its connection before any of it is kept [socket.request.max.bytes]. */
  readonly requestBytesMax: number;
  /** Connections at one time [max.connections]. */
  readonly connectionsMax: number;
  /** Connections at one time from one address [max.connections.per.ip]. */
  readonly connectionsPerAddressMax: number;
  /** A connection without traffic and without a request under way is closed after this time [connections.max.idle.ms]. */
  readonly idleTimeoutMs: number;
  /** A new connection has this long to send its first byte. */
  readonly firstByteTimeoutMs: number;
  /** A request that has begun must be complete after this time, or have come at 1 KiB per second since the last look. */
  readonly frameTimeoutMs: number;
  /** Requests of one connection that may wait behind the one under way; then reading stops. */
  readonly queuedRequestsMax: number;
  /** Bytes of all requests waiting and under way; above it no connection begins another one [queued.max.request.bytes]. */
  readonly heldBytesMax: number;
  /** Bytes of answers a client has not taken; above it its next request waits. */
  readonly responseBacklogBytesMax: number;
  /** A client that takes nothing of such a backlog for this long is cut off. */
  readonly responseStallTimeoutMs: number;
}

/** What holds unless a listener is told otherwise. */
export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  requestBytesMax: 100 * 1024 * 1024,
  connectionsMax: 10_000,
  connectionsPerAddressMax: 500,
  idleTimeoutMs: 600_000,
  firstByteTimeoutMs: 30_000,
  frameTimeoutMs: 30_000,
  queuedRequestsMax: 100,
  heldBytesMax: 256 * 1024 * 1024,
  responseBacklogBytesMax: 32 * 1024 * 1024,
  responseStallTimeoutMs: 60_000,
};
