import type { LogFlush } from '@milena/raft';

/** Group commit: one flush at a time, and whatever was appended while it ran is covered by the next. */
export interface GroupFlush {
  /** Asks for a flush; `onFlushed` gets the last one asked for before the flush began. */
  request(flush: LogFlush): void;
  /** Resolves when no flush is under way. */
  idle(): Promise<void>;
}

/** Makes one. A rejection of `flush` is fatal and no further flush is tried: the data must be taken for lost. */
export function createGroupFlush(options: {
  flush(target: LogFlush): Promise<unknown>;
  onFlushed(flush: LogFlush): void;
  onFatal(error: unknown): void;
}): GroupFlush {
  let wanted: LogFlush | undefined;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    try {
      while (wanted !== undefined) {
        const target = wanted;
        wanted = undefined;
        await options.flush(target);
        options.onFlushed(target);
      }
      running = undefined;
    } catch (error) {
      options.onFatal(error);
    }
  }

  return {
    request(flush) {
      wanted = flush;
      running ??= run();
    },
    idle: () => running ?? Promise.resolve(),
  };
}
