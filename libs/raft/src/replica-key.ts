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

/** Whether two keys name one replica: equal ids, and equal directory ids where both are known. */
export function matchesReplica(left: ReplicaKey, right: ReplicaKey): boolean {
  return (
    left.id === right.id &&
    (left.directoryId === undefined || right.directoryId === undefined || left.directoryId === right.directoryId)
  );
}

/** Text form for logs and map keys: `id` or `id:directoryId`. */
export function replicaKeyText(key: ReplicaKey): string {
  return key.directoryId === undefined ? `${key.id}` : `${key.id}:${key.directoryId}`;
}
