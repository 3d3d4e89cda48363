import type { SetWatchesRequest } from '../protocol/request';
import type { WatchEvent } from '../protocol/watch-event';
import type { ZnodeTree } from '../tree/znode';
import type { WatchKind } from './watch-registry';

/** What comes of setting the watches of a former connection again. */
export interface CaughtUpWatches {
  /** Watches that would have fired since the client's newest zxid. */
  readonly missed: readonly WatchEvent[];
  /** The others, to be set. */
  readonly armed: readonly { readonly kind: WatchKind; readonly path: string }[];
}

/**
 * Looks what became of watched znodes since `relativeZxid`. A znode that is gone, changed, or has come where one was
 * waited for makes an event. Persistent watches are set again without looking: what they missed is not told, as in ZooKeeper.
 */
export function catchUpWatches(tree: ZnodeTree, request: SetWatchesRequest): CaughtUpWatches {
  const missed: WatchEvent[] = [];
  const armed: { kind: WatchKind; path: string }[] = [];
  const since = request.relativeZxid;
  for (const path of request.data) {
    const znode = tree.find(path);
    if (znode === undefined) missed.push({ type: 'NodeDeleted', path });
    else if (znode.history.modified.zxid > since) missed.push({ type: 'NodeDataChanged', path });
    else armed.push({ kind: 'data', path });
  }
  for (const path of request.exist) {
    if (tree.find(path) === undefined) armed.push({ kind: 'data', path });
    else missed.push({ type: 'NodeCreated', path });
  }
  for (const path of request.child) {
    const znode = tree.find(path);
    if (znode === undefined) missed.push({ type: 'NodeDeleted', path });
    else if (znode.history.pzxid > since) missed.push({ type: 'NodeChildrenChanged', path });
    else armed.push({ kind: 'child', path });
  }
  for (const path of request.persistent) armed.push({ kind: 'persistent', path });
  for (const path of request.persistentRecursive) armed.push({ kind: 'recursive', path });
  return { missed, armed };
}
