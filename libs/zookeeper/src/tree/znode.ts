import type { ZnodeStat } from '../protocol/znode-stat';
import type { LogChange } from './log-change';

/** What a znode went through, all of it following from the log. */
export interface ZnodeHistory {
  readonly created: LogChange;
  /** Last change of its data. */
  readonly modified: LogChange;
  readonly version: number;
  /** Children created and deleted so far. */
  readonly cversion: number;
  /** zxid that last created or deleted a child; `created.zxid` before that. */
  readonly pzxid: number;
  /** Session that owns it; 0n unless it is ephemeral. */
  readonly ephemeralOwner: bigint;
}

/** A znode as readers see it. It may be a view made for one read: keep paths, not znodes. */
export interface Znode {
  readonly history: ZnodeHistory;
  /** Undefined where ZooKeeper has null. */
  data(): Buffer | undefined;
  readonly childCount: number;
  /** Names of the children, sorted. */
  childNames(): readonly string[];
  child(name: string): Znode | undefined;
  /** All znodes below this one. */
  readonly descendantCount: number;
}

/** Something that happened to a znode. That its parent's children changed follows from the first two. */
export interface ZnodeEvent {
  readonly type: 'NodeCreated' | 'NodeDeleted' | 'NodeDataChanged';
  readonly path: string;
}

/** Takes events in the order in which they happened; left out where nobody watches. */
export type OnZnodeEvent = (event: ZnodeEvent) => void;

/** A tree of znodes at one zxid: what requests are answered from, whatever it is made of. */
export interface ZnodeTree {
  /** zxid of the newest change contained. */
  readonly lastZxid: number;
  /** The znode at a path; undefined when there is none. */
  find(path: string): Znode | undefined;
}

/** The Stat of a znode; makes its data to measure it. */
export function znodeStat(znode: Znode, dataLength = znode.data()?.length ?? 0): ZnodeStat {
  const { created, modified, version, cversion, pzxid, ephemeralOwner } = znode.history;
  return {
    czxid: created.zxid,
    mzxid: modified.zxid,
    ctimeMs: created.timestampMs,
    mtimeMs: modified.timestampMs,
    version,
    cversion,
    aversion: 0,
    ephemeralOwner,
    dataLength,
    numChildren: znode.childCount,
    pzxid,
  };
}

/** Walks from a root down a path; undefined when there is nothing, or the text is no path. */
export function findZnode(root: Znode, path: string): Znode | undefined {
  if (path === '/') return root;
  if (!path.startsWith('/')) return undefined;
  let at: Znode | undefined = root;
  let from = 1;
  while (at !== undefined && from <= path.length) {
    const slash = path.indexOf('/', from);
    const end = slash < 0 ? path.length : slash;
    at = at.child(path.slice(from, end));
    from = end + 1;
  }
  return at;
}
