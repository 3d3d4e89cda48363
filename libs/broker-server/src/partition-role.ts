import type { LeaderState } from '@milena/replication';

/** What this broker is to a partition it has a replica of. */
export type PartitionRole =
  | { readonly kind: 'leader'; readonly state: LeaderState }
  | { readonly kind: 'follower' }
  /** The log failed: nothing can be read or written. */
  | { readonly kind: 'offline' };
