/** Watches of one kind, found by path and by watcher. */
export class WatchTable<Watcher> {
  readonly #byPath = new Map<string, Set<Watcher>>();
  readonly #byWatcher = new Map<Watcher, Set<string>>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  has(watcher: Watcher, path: string): boolean {
    return this.#byWatcher.get(watcher)?.has(path) === true;
  }

  /** Who watches a path, in the order in which they began. */
  watchers(path: string): Iterable<Watcher> {
    return this.#byPath.get(path) ?? [];
  }

  /** Adds a watch that is not there. */
  add(watcher: Watcher, path: string): void {
    const watchers = this.#byPath.get(path) ?? new Set();
    this.#byPath.set(path, watchers.add(watcher));
    const paths = this.#byWatcher.get(watcher) ?? new Set();
    this.#byWatcher.set(watcher, paths.add(path));
    this.#count += 1;
  }

  /** Removes a watch; false when there is none. */
  remove(watcher: Watcher, path: string): boolean {
    const paths = this.#byWatcher.get(watcher);
    if (paths?.delete(path) !== true) return false;
    if (paths.size === 0) this.#byWatcher.delete(watcher);
    const watchers = this.#byPath.get(path);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#byPath.delete(path);
    this.#count -= 1;
    return true;
  }

  /** Removes all watches of a path and gives whose they were. */
  take(path: string): readonly Watcher[] {
    const watchers = [...this.watchers(path)];
    for (const watcher of watchers) this.remove(watcher, path);
    return watchers;
  }

  /** Removes all watches of a watcher. */
  forget(watcher: Watcher): void {
    for (const path of [...(this.#byWatcher.get(watcher) ?? [])]) this.remove(watcher, path);
  }
}
