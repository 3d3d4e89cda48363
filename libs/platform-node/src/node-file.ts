import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { DiskError, type DiskFile, type SyncOptions } from '@milena/platform';
import { diskCall, diskError } from './disk-call';

/** An open file of the operating system. */
export class NodeFile implements DiskFile {
  #open = true;
  #syncsUnderWay = 0;

  constructor(
    readonly path: string,
    readonly descriptor: number,
  ) {}

  size(): number {
    return this.#call('size', () => fstatSync(this.descriptor).size);
  }

  pread(target: Buffer, position: number): number {
    return this.#call('pread', () => {
      let done = 0;
      while (done < target.length) {
        const count = readSync(this.descriptor, target, done, target.length - done, position + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  pwrite(source: Uint8Array, position: number): void {
    this.#call('pwrite', () => {
      let done = 0;
      while (done < source.length) {
        done += writeSync(this.descriptor, source, done, source.length - done, position + done);
      }
    });
  }

  truncate(size: number): void {
    this.#call('truncate', () => ftruncateSync(this.descriptor, size));
  }

  async fdatasync({ urgent = false }: SyncOptions = {}): Promise<void> {
    if (urgent) this.#call('fdatasync', () => fdatasyncSync(this.descriptor));
    else await this.#syncInThread();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#closeWhenIdle();
  }

  #syncInThread(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#checkOpen('fdatasync');
      this.#syncsUnderWay += 1;
      fdatasync(this.descriptor, (error) => {
        this.#syncsUnderWay -= 1;
        this.#closeWhenIdle();
        if (error === null) resolve();
        else reject(diskError(error, this.path, 'fdatasync'));
      });
    });
  }

  /** The number of a closed file is given to the next one opened: a sync that still waits for its thread would hit that. */
  #closeWhenIdle(): void {
    if (!this.#open && this.#syncsUnderWay === 0) diskCall('close', this.path, () => closeSync(this.descriptor));
  }

  #checkOpen(operation: string): void {
    if (!this.#open) throw new DiskError('EBADF', this.path, operation);
  }

  #call<T>(operation: string, call: () => T): T {
    this.#checkOpen(operation);
    return diskCall(operation, this.path, call);
  }
}
