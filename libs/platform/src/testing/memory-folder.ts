import { unreachable } from '@milena/model';
import { MemoryFile } from './memory-file';
import type { SeededRandom } from './seeded-random';

/** What a name in a folder stands for. */
export type MemoryEntry = MemoryFile | MemoryFolder;

/** How a crash treats what was not synced. */
export type CrashMode =
  /** Power cut: everything unsynced is gone. */
  | 'lose-unsynced'
  /** The process died, the machine lives on: the page cache is intact, and still not durable. */
  | 'keep'
  /** Power cut in the middle of writing: some unsynced sectors arrived, and a prefix of each folder's name changes. */
  | 'tear'
  /** Power cut: of each file's unsynced bytes a prefix arrived, in the order written, and a prefix of name changes. */
  | 'prefix';

type Names = Map<string, MemoryEntry>;
type NameChange = (names: Names) => void;

/** A folder in memory: its names as programs see them, as the disk has them, and the changes between the two in order. */
export class MemoryFolder {
  #names: Names = new Map();
  readonly #durable: Names = new Map();
  #unsynced: NameChange[] = [];
  #syncedCount = 0;

  get names(): ReadonlyMap<string, MemoryEntry> {
    return this.#names;
  }

  /** Changes names in one step that is durable as a whole or not at all. */
  change(apply: NameChange): void {
    apply(this.#names);
    this.#unsynced.push(apply);
  }

  /** Names as a power cut would leave them. */
  get durableNames(): ReadonlyMap<string, MemoryEntry> {
    return this.#durable;
  }

  /** Begins a sync of the changes made so far; they are durable once the function returned is called. */
  beginSync(): () => void {
    const upTo = this.#syncedCount + this.#unsynced.length;
    return () => this.#makeDurable(upTo - this.#syncedCount);
  }

  /** Bytes of all files below. */
  usedBytes(): number {
    let bytes = 0;
    for (const entry of this.#names.values()) bytes += entry instanceof MemoryFile ? entry.size : entry.usedBytes();
    return bytes;
  }

  /** What is left of the folder and everything below it after a crash. */
  crash(mode: CrashMode, random: SeededRandom): void {
    if (mode === 'tear' || mode === 'prefix') this.#makeDurable(random.below(this.#unsynced.length + 1));
    if (mode !== 'keep') {
      this.#unsynced = [];
      this.#names = new Map(this.#durable);
    }
    for (const entry of this.#names.values()) {
      if (entry instanceof MemoryFolder) entry.crash(mode, random);
      else crashFile(entry, mode, random);
    }
  }

  #makeDurable(count: number): void {
    if (count <= 0) return;
    for (const apply of this.#unsynced.splice(0, count)) apply(this.#durable);
    this.#syncedCount += count;
  }
}

function crashFile(file: MemoryFile, mode: CrashMode, random: SeededRandom): void {
  switch (mode) {
    case 'lose-unsynced':
      return file.loseUnsynced();
    case 'keep':
      return file.abandonSyncs();
    case 'tear':
      return file.tearUnsynced(random);
    case 'prefix':
      return file.keepPrefix(random);
    default:
      return unreachable(mode);
  }
}
