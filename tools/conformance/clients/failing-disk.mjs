// The disk that failing-disk.c makes of a folder for the processes it was preloaded into: told when to fail, asked what failed.
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failingDisk } from '../prerequisites.mjs';

/** What each kind of failure is called by the system. */
export const codeOf = { full: 'ENOSPC', sync: 'EIO' };

export class FailingDisk {
  #control = join(tmpdir(), `milena-failing-disk-${process.pid}`);
  #report = `${this.#control}.report`;

  /** What processes must have in their environment. */
  get environment() {
    return { LD_PRELOAD: failingDisk(), FAILING_DISK: this.#control };
  }

  /** From now on files whose path begins with `prefix` cannot grow (`full`), or fail their next sync (`sync`). */
  fail(kind, prefix) {
    rmSync(this.#report, { force: true });
    writeFileSync(`${this.#control}.new`, `${kind} ${prefix}\n`);
    renameSync(`${this.#control}.new`, this.#control);
  }

  heal() {
    rmSync(this.#control, { force: true });
  }

  remove() {
    this.heal();
    rmSync(this.#report, { force: true });
  }

  /** Calls that failed, and syncs after a failed one, in order; `from` is the first position that was not synced. */
  calls() {
    if (!existsSync(this.#report)) return [];
    return readFileSync(this.#report, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const [pid, call, error, from, ...path] = line.split(' ');
        return { pid: Number(pid), call, hasFailed: error !== '0', from: Number(from), path: path.join(' ') };
      });
  }
}

/** What a failed sync did not bring to the disk is zeros once the pages have left memory; how many bytes that are. */
export function forget({ path, from }) {
  if (from < 0 || !existsSync(path) || !statSync(path).isFile()) return 0;
  const bytes = Math.max(0, statSync(path).size - from);
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.alloc(bytes), 0, bytes, from);
  closeSync(descriptor);
  return bytes;
}
