import type { DiskFile } from '@milena/platform';

/** Bytes of a file that are not what was written. */
export interface RottenPlace {
  readonly path: string;
  readonly start: number;
  readonly bytes: Buffer;
}

/**
 * What rots under a running process. The process reads it, when it reads that place again; whoever looks at the disk for a
 * check finds what was written, because what such a process does is as true as before until it believes what rotted.
 */
export class RotInUse {
  #places: readonly RottenPlace[] = [];

  get isThere(): boolean {
    return this.#places.length > 0;
  }

  add(place: RottenPlace): void {
    this.#places = [...this.#places, place];
  }

  /** The file is another one from now on, or gone. */
  forget(path: string): void {
    this.#places = this.#places.filter((place) => place.path !== path);
  }

  /** All of it, when the process is gone. */
  takeAll(): readonly RottenPlace[] {
    const places = this.#places;
    this.#places = [];
    return places;
  }

  /** Reads as the process does. */
  read(file: DiskFile, target: Buffer, position: number): number {
    const count = file.pread(target, position);
    for (const { path, start, bytes } of this.#places) {
      if (path !== file.path) continue;
      const from = Math.max(start, position);
      const to = Math.min(start + bytes.length, position + count);
      if (from < to) bytes.copy(target, from - position, from - start, to - start);
    }
    return count;
  }
}
