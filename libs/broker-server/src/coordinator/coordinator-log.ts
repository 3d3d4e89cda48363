import type { KeyedBytes } from '@milena/coordinator';
import type { LogAppend } from '@milena/log-store';
import { NO_EPOCH, success, timestampMs, ZERO_OFFSET, type Offset, type Result } from '@milena/model';
import type { Clock } from '@milena/platform';
import { encodeBatch } from '@milena/record-batch';
import type { AppendedRange, CommittedValues, ReplicatedLog } from '@milena/replicated-state';

/** What the log is made from. */
export interface CoordinatorLogOptions {
  readonly clock: Clock;
  /** Appends to the partition if this broker leads it in the epoch. */
  readonly append: (leaderEpoch: number, batches: Buffer) => Result<LogAppend>;
}

/** A partition of `__consumer_offsets` as the log of a replicated state, and which of its batches are not committed yet. */
export class CoordinatorLog implements ReplicatedLog<KeyedBytes> {
  #uncommitted: (AppendedRange & { readonly epoch: number })[] = [];

  constructor(private readonly options: CoordinatorLogOptions) {}

  append(epoch: number, values: readonly KeyedBytes[]): Result<AppendedRange> {
    const batches = encodeBatch({
      // The leader's log writes the real ones.
      baseOffset: ZERO_OFFSET,
      partitionLeaderEpoch: NO_EPOCH,
      timestamp: timestampMs(this.options.clock.wallMs()),
      records: values,
    });
    const appended = this.options.append(epoch, batches);
    if (!appended.ok) return appended;
    const range = { baseOffset: appended.value.firstOffset, lastOffset: appended.value.lastOffset };
    this.#uncommitted.push({ ...range, epoch });
    return success(range);
  }

  /** Takes out the batches that are committed now. Their records need not be read: they were written here. */
  takeCommitted(highWatermark: Offset): readonly CommittedValues<KeyedBytes>[] {
    const count = this.#uncommitted.findIndex(({ lastOffset }) => lastOffset >= highWatermark);
    const committed = this.#uncommitted.splice(0, count < 0 ? this.#uncommitted.length : count);
    return committed.map((range) => ({ ...range, records: [] }));
  }
}
