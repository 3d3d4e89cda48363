import { MalformedInput } from '@milena/bytes';
import { ZERO_OFFSET, type Offset } from '@milena/model';
import type { Disk, Logger } from '@milena/platform';
import type { ProducerEntry, ProducerState } from '@milena/replication';
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot';
import { parseSegmentFileName, segmentFileName } from './segment-files';
import { writeFile } from './small-file';

/** Producers as they were before `offset`. */
export interface LoadedProducers {
  readonly offset: Offset;
  readonly entries: readonly ProducerEntry[];
}

/** The producer snapshot files in a partition's folder. They check themselves, so none is ever synced. */
export class ProducerSnapshots {
  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    private readonly logger: Logger,
  ) {}

  /** Offsets that have a snapshot, ascending. */
  offsets(): readonly Offset[] {
    const offsets: Offset[] = [];
    for (const name of this.disk.list(this.folder)) {
      const file = parseSegmentFileName(name);
      if (file?.kind === 'snapshot') offsets.push(file.offset);
    }
    return offsets.sort((left, right) => left - right);
  }

  /** Writes the state of all producers before `at`. */
  write(at: Offset, state: ProducerState): void {
    writeFile(this.disk, this.#path(at), encodeProducerSnapshot(state.entries()));
  }

  /** The newest intact snapshot; damaged ones are removed. An empty state before `start` when there is none. */
  loadNewest(start: Offset = ZERO_OFFSET): LoadedProducers {
    for (const at of this.offsets().toReversed()) {
      if (at < start) break;
      try {
        return { offset: at, entries: this.#read(at) };
      } catch (error) {
        if (!(error instanceof MalformedInput)) throw error;
        this.logger.warn('removed a damaged producer snapshot', { folder: this.folder, offset: at });
        this.#remove(at);
      }
    }
    return { offset: start, entries: [] };
  }

  /** Removes the snapshots that `isStale` says may not be used. */
  removeWhere(isStale: (at: Offset) => boolean): void {
    for (const at of this.offsets()) if (isStale(at)) this.#remove(at);
  }

  #read(at: Offset): readonly ProducerEntry[] {
    const file = this.disk.open(this.#path(at), { readOnly: true });
    try {
      const bytes = Buffer.allocUnsafe(file.size());
      return decodeProducerSnapshot(bytes.subarray(0, file.pread(bytes, 0)));
    } finally {
      file.close();
    }
  }

  #remove(at: Offset): void {
    this.disk.removeFile(this.#path(at));
  }

  #path(at: Offset): string {
    return `${this.folder}/${segmentFileName(at, 'snapshot')}`;
  }
}
