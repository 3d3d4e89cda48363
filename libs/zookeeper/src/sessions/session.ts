import type { ClientIdentity } from '../protocol/reply';

/** Bounds on session timeouts, ms. */
export interface SessionTimeouts {
  readonly minMs: number;
  readonly maxMs: number;
}

/** A client's session while one connection carries it. What it owns in a tree that clients write to will hang on it. */
export interface Session {
  readonly id: bigint;
  /** Negotiated: the client must be heard from at least this often. */
  readonly timeoutMs: number;
  /** Whether the client was told that this server may be without a quorum. */
  readonly isReadOnly: boolean;
  /** Who the connection speaks for; the first one is its address. */
  readonly identities: readonly ClientIdentity[];
  /** Paths of the ephemeral znodes it owns, sorted; none while clients cannot write. */
  readonly ephemerals: readonly string[];
}

/** The timeout asked for, brought within bounds. */
export function negotiatedTimeoutMs(askedMs: number, { minMs, maxMs }: SessionTimeouts): number {
  return Math.min(maxMs, Math.max(minMs, askedMs));
}
