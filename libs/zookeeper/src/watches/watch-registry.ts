import type { WatchSelection } from '../protocol/request';
import type { WatchEvent } from '../protocol/watch-event';
import { parentPath } from '../tree/znode-path';
import type { ZnodeEvent } from '../tree/znode';
import { WatchTable } from './watch-table';

/**
 * Kinds of watches. `data` and `child` fire once: the first on the znode itself, coming into being included, the second
 * on its children. `persistent` is both and stays; `recursive` stays, is about all znodes below too, and never tells that
 * children changed.
 */
export type WatchKind = 'data' | 'child' | 'persistent' | 'recursive';

/** Most a registry holds, in bytes: characters of paths and what remembering them takes. */
export interface WatchLimits {
  readonly watcherBytesMax: number;
  readonly totalBytesMax: number;
}

/** Gets each event of a watcher. */
export type DeliverEvent<Watcher> = (watcher: Watcher, event: WatchEvent) => void;

/** What remembering a watch takes beside the characters of its path, as measured. */
const WATCH_BYTES = 208;

/** Who watches what. Watchers are told in the order in which they began to watch; nothing here depends on chance. */
export class WatchRegistry<Watcher> {
  readonly #tables: Readonly<Record<WatchKind, WatchTable<Watcher>>> = {
    data: new WatchTable(),
    child: new WatchTable(),
    persistent: new WatchTable(),
    recursive: new WatchTable(),
  };
  readonly #bytes = new Map<Watcher, number>();
  #totalBytes = 0;

  constructor(private readonly limits: WatchLimits) {}

  /** Watches set. */
  get count(): number {
    return Object.values(this.#tables).reduce((sum, table) => sum + table.count, 0);
  }

  /** Sets a watch, or leaves the one that is there; false when it would be one too many. */
  add(watcher: Watcher, kind: WatchKind, path: string): boolean {
    const table = this.#tables[kind];
    if (table.has(watcher, path)) return true;
    const bytes = cost(path);
    const held = this.#bytes.get(watcher) ?? 0;
    if (held + bytes > this.limits.watcherBytesMax || this.#totalBytes + bytes > this.limits.totalBytesMax)
      return false;
    table.add(watcher, path);
    this.#charge(watcher, bytes);
    return true;
  }

  /** Whether a watcher has a watch of the selection on a path. */
  has(watcher: Watcher, path: string, selection: WatchSelection): boolean {
    return kindsOf(selection).some((kind) => this.#tables[kind].has(watcher, path));
  }

  /** Removes the watches of the selection on a path; false when there were none. */
  remove(watcher: Watcher, path: string, selection: WatchSelection): boolean {
    let removed = false;
    for (const kind of kindsOf(selection)) {
      if (!this.#tables[kind].remove(watcher, path)) continue;
      this.#charge(watcher, -cost(path));
      removed = true;
    }
    return removed;
  }

  /** Forgets a watcher. */
  forget(watcher: Watcher): void {
    for (const table of Object.values(this.#tables)) table.forget(watcher);
    this.#totalBytes -= this.#bytes.get(watcher) ?? 0;
    this.#bytes.delete(watcher);
  }

  /** Tells everybody who watches what happened, one event each and path at most; watches that fire once are gone then. */
  fire({ type, path }: ZnodeEvent, deliver: DeliverEvent<Watcher>): void {
    const told = new Set<Watcher>(this.#take('data', path));
    if (type === 'NodeDeleted') for (const watcher of this.#take('child', path)) told.add(watcher);
    this.#addLasting(told, path);
    for (const watcher of told) deliver(watcher, { type, path });
    const parent = type === 'NodeDataChanged' ? undefined : parentPath(path);
    if (parent === undefined) return;
    const tellParent = new Set<Watcher>(this.#take('child', parent));
    for (const watcher of this.#tables.persistent.watchers(parent)) tellParent.add(watcher);
    for (const watcher of tellParent) deliver(watcher, { type: 'NodeChildrenChanged', path: parent });
  }

  #addLasting(told: Set<Watcher>, path: string): void {
    const { persistent, recursive } = this.#tables;
    for (const watcher of persistent.watchers(path)) told.add(watcher);
    if (recursive.count === 0) return;
    for (let at: string | undefined = path; at !== undefined; at = parentPath(at)) {
      for (const watcher of recursive.watchers(at)) told.add(watcher);
    }
  }

  #take(kind: 'data' | 'child', path: string): readonly Watcher[] {
    const watchers = this.#tables[kind].take(path);
    for (const watcher of watchers) this.#charge(watcher, -cost(path));
    return watchers;
  }

  #charge(watcher: Watcher, bytes: number): void {
    this.#totalBytes += bytes;
    const held = (this.#bytes.get(watcher) ?? 0) + bytes;
    if (held === 0) this.#bytes.delete(watcher);
    else this.#bytes.set(watcher, held);
  }
}

function kindsOf(selection: WatchSelection): readonly WatchKind[] {
  switch (selection) {
    case 'data':
      return ['data'];
    case 'children':
      return ['child'];
    case 'any':
      return ['data', 'child', 'persistent', 'recursive'];
  }
}

function cost(path: string): number {
  return WATCH_BYTES + 2 * path.length;
}
