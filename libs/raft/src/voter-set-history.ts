import { invariant, type Offset } from '@milena/model';
import type { VoterSet } from './voter-set';

/**
 * The voter sets of the log by the offset of the record that wrote them (KIP-853). The latest one rules from the moment it
 * is appended, committed or not, and ceases to when its record is truncated away.
 */
export class VoterSetHistory {
  private readonly written: { readonly offset: Offset; readonly voters: VoterSet }[] = [];

  /** `bootstrap` rules before the first record. */
  constructor(private readonly bootstrap: VoterSet) {}

  get latest(): VoterSet {
    return this.written.at(-1)?.voters ?? this.bootstrap;
  }

  /** Whether the log holds any voter set, so that a new leader need not write the bootstrap one. */
  get isWritten(): boolean {
    return this.written.length > 0;
  }

  append(offset: Offset, voters: VoterSet): void {
    const last = this.written.at(-1);
    invariant(last === undefined || last.offset < offset, 'voter sets are appended in log order', { offset });
    this.written.push({ offset, voters });
  }

  /** Forgets what was written at or after `end`; returns whether the ruling set changed. */
  truncateTo(end: Offset): boolean {
    const before = this.written.length;
    while ((this.written.at(-1)?.offset ?? -1) >= end) this.written.pop();
    return this.written.length !== before;
  }
}
