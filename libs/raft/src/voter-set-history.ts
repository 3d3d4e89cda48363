import { invariant, offset, type Offset, type OffsetAndEpoch } from '@milena/model';
import type { VoterSet } from './voter-set';

interface WrittenVoters {
  readonly offset: Offset;
  readonly voters: VoterSet;
}

/**
 * The voter sets of the log by the offset of the record that wrote them (KIP-853). The latest one rules from the moment it
 * is appended, committed or not, and ceases to when its record is truncated away.
 */
export class VoterSetHistory {
  private written: WrittenVoters[] = [];

  /** `bootstrap` rules before the first record. Only what lies below `ruledUpTo` rules; given for planted bugs. */
  constructor(
    private readonly bootstrap: VoterSet,
    private readonly ruledUpTo: () => number = () => Infinity,
  ) {}

  get latest(): VoterSet {
    const limit = this.ruledUpTo();
    return this.written.findLast((entry) => entry.offset < limit)?.voters ?? this.bootstrap;
  }

  /** The voter set that ruled before the latest one was written. */
  get previous(): VoterSet {
    return this.written.at(-2)?.voters ?? this.bootstrap;
  }

  /** Where the latest voter set was written; undefined while the bootstrap one rules. */
  get latestOffset(): Offset | undefined {
    return this.written.at(-1)?.offset;
  }

  /** Whether the log holds any voter set: then kraft.version is 1, and a new leader need not write the bootstrap one. */
  get isWritten(): boolean {
    return this.written.length > 0;
  }

  /** The voter set written last before `end`, as a snapshot that ends there must hold it; undefined when there is none. */
  writtenBefore(end: Offset): VoterSet | undefined {
    return this.written.findLast((entry) => entry.offset < end)?.voters;
  }

  append(at: Offset, voters: VoterSet): void {
    const last = this.written.at(-1);
    invariant(last === undefined || last.offset < at, 'voter sets are appended in log order', { offset: at });
    this.written.push({ offset: at, voters });
  }

  /** Forgets what was written at or after `end`; returns whether the ruling set changed. */
  truncateTo(end: Offset): boolean {
    const before = this.written.length;
    while ((this.written.at(-1)?.offset ?? -1) >= end) this.written.pop();
    return this.written.length !== before;
  }

  /** Begins anew with a snapshot that the log now starts behind; `voters` is undefined when it holds none. */
  restoreFromSnapshot(id: OffsetAndEpoch, voters: VoterSet | undefined): void {
    this.written = voters === undefined ? [] : [{ offset: offset(id.offset - 1), voters }];
  }

  /** Forgets what no snapshot at or after `start` can need: all before it but the last. */
  forgetBefore(start: Offset): void {
    const kept = this.written.findLastIndex((entry) => entry.offset < start);
    if (kept > 0) this.written.splice(0, kept);
  }
}
