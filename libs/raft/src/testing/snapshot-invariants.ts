import type { OffsetAndEpoch } from '@milena/model';
import { demand } from './safety-violation';
import type { TestNode } from './test-node';

/**
 * Watches the snapshots of a cluster from outside (invariant R8): each says what the committed records before its end say,
 * none ends above what is committed, and what lies before a log start is in one.
 */
export class SnapshotInvariants {
  private readonly seen = new Set<string>();
  private readonly checked = new Map<number, readonly OffsetAndEpoch[]>();

  /** `committed` grows: `epoch:value` of every committed record. */
  constructor(private readonly committed: readonly string[]) {}

  check({ id: nodeId, log, installsRefused }: TestNode): void {
    demand(installsRefused === 0, `the snapshot that ${nodeId} received is damaged, though no byte was`);
    const start = log.startOffset();
    const ids = log.snapshotIds;
    const isKept = start === 0 || ids.some(({ offset }) => offset === start);
    demand(isKept, `the log of ${nodeId} starts at ${start}, where no snapshot ends`);
    if (this.checked.get(nodeId) === ids) return;
    this.checked.set(nodeId, ids);
    for (const { offset, epoch } of ids) {
      const name = `${nodeId}: ${offset}-${epoch}`;
      if (this.seen.has(name)) continue;
      this.seen.add(name);
      const records = log.recordsIn({ offset, epoch });
      demand(records.length === offset, `snapshot ${name} holds ${records.length} records`);
      demand(
        offset <= this.committed.length,
        `snapshot ${name} is of more than the ${this.committed.length} committed`,
      );
      demand(this.committed[offset - 1]?.startsWith(`${epoch}:`) === true, `snapshot ${name} is of another epoch`);
      const isEqual = records.every((record, at) => record === this.committed[at]);
      demand(isEqual, `snapshot ${name} differs from what is committed`);
    }
  }
}
