import { MalformedInput } from '@milena/bytes';
import type { Offset } from '@milena/model';
import type { Disk, Logger } from '@milena/platform';
import { formatOffsetCheckpoint, parseOffsetCheckpoint, type CheckpointedOffset } from './offset-checkpoint';
import { readTextFile, replaceFile } from './small-file';

/** The offset checkpoints of a log directory. */
export type CheckpointKind = 'recovery-point' | 'log-start' | 'replication';

const KINDS: readonly CheckpointKind[] = ['recovery-point', 'log-start', 'replication'];

/** Reads and writes the offset checkpoints of a directory; writes of one file never overlap. */
export class DirectoryCheckpoints {
  readonly #tails = new Map<CheckpointKind, Promise<void>>();

  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    private readonly logger: Logger,
  ) {}

  /** Offsets by `topic-partition`. A missing or damaged file is as good as an empty one: every offset is then 0. */
  read(kind: CheckpointKind): ReadonlyMap<string, Offset> {
    try {
      return parseOffsetCheckpoint(readTextFile(this.disk, this.#path(kind)) ?? '0\n0\n');
    } catch (error) {
      if (!(error instanceof MalformedInput)) throw error;
      this.logger.warn('ignored a damaged checkpoint', { path: this.#path(kind), reason: error.message });
      return new Map();
    }
  }

  /** Replaces a checkpoint durably by what `entries` gives once it is this write's turn. */
  write(kind: CheckpointKind, entries: () => readonly CheckpointedOffset[]): Promise<void> {
    const previous = this.#tails.get(kind) ?? Promise.resolve();
    const replace = (): Promise<void> => replaceFile(this.disk, this.#path(kind), formatOffsetCheckpoint(entries()));
    const written = previous.then(replace, replace);
    this.#tails.set(kind, written);
    return written;
  }

  /** Resolves when no write is under way, whether those before succeeded or not. */
  async settled(): Promise<void> {
    for (const kind of KINDS) await this.#tails.get(kind)?.catch(() => undefined);
  }

  #path(kind: CheckpointKind): string {
    return `${this.folder}/${kind}-offset-checkpoint`;
  }
}
