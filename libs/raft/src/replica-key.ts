import type { Uuid } from '@milena/model';

/**
 * Names a replica of the metadata log: the node and, when known, the log directory that holds its copy. A node whose
 * disk was replaced is another replica (KIP-853).
 */
export interface ReplicaKey {
  readonly id: number;
  readonly directoryId?: Uuid;
}

/** A ReplicaKey without an absent directory id spelt out. */
export function replicaKey(id: number, directoryId: Uuid | undefined): ReplicaKey {
  return directoryId === undefined ? { id } : { id, directoryId };
}

/**
 * Whether `replica` is the one that is `expected`: equal ids, and equal directory ids unless the expected one was never
 * known. A replica that does not tell its directory is not the one of a certain directory.
 */
export function matchesReplica(expected: ReplicaKey, replica: ReplicaKey): boolean {
  const isDirectory = expected.directoryId === undefined || expected.directoryId === replica.directoryId;
  return expected.id === replica.id && isDirectory;
}

/** Text form for logs and map keys: `id` or `id:directoryId`. */
export function replicaKeyText(key: ReplicaKey): string {
  return key.directoryId === undefined ? `${key.id}` : `${key.id}:${key.directoryId}`;
}
