/** Bounds on what clients of a listener may take; ZooKeeper's keys are in brackets. */
export interface ListenerLimits {
  /** Largest packet; a larger one closes its connection before any of it is kept [jute.maxbuffer]. */
  readonly packetBytesMax: number;
  /** Connections at one time [maxCnxns]. */
  readonly connectionsMax: number;
  /** Connections at one time from one address [maxClientCnxns]. */
  readonly connectionsPerAddressMax: number;
  /** A new connection has this long to send its first four bytes. */
  readonly firstBytesTimeoutMs: number;
  /** A packet that has begun must be complete after this time, or have come at 1 KiB per second. */
  readonly packetTimeoutMs: number;
  /** Bytes a client has not taken; above it nothing more is read from it. */
  readonly backlogBytesMax: number;
  /** Bytes a client has not taken at which it is cut off: watch events come without being asked for. */
  readonly unsentBytesMax: number;
  /** A client that has not taken all of such a backlog after this long is cut off. */
  readonly stallTimeoutMs: number;
  /** How long a closed connection may take to go away. */
  readonly lingerMs: number;
}

/** What holds unless a listener is told otherwise. */
export const DEFAULT_LISTENER_LIMITS: ListenerLimits = {
  packetBytesMax: 0xfffff,
  connectionsMax: 10_000,
  connectionsPerAddressMax: 60,
  firstBytesTimeoutMs: 10_000,
  packetTimeoutMs: 30_000,
  backlogBytesMax: 4 * 1024 * 1024,
  unsentBytesMax: 64 * 1024 * 1024,
  stallTimeoutMs: 30_000,
  lingerMs: 2_000,
};
