import type { RecoveryRules } from '@milena/log-store';
import { NO_EPOCH, type Offset, type OffsetAndEpoch } from '@milena/model';
import { UnusableMetadataLog } from './unusable-metadata-log';

/**
 * What is known of every metadata log: its offsets have no gap; its first record, and the first of each epoch, is the
 * leader's change record, a control record; and where an undamaged snapshot ends, the record before is of that snapshot's
 * epoch. A voter that believed a damaged epoch or offset could be elected over the records of others.
 *
 * `mustKeep` is the offset before which nothing may be cut: there the log stays as it is, and UnusableMetadataLog names the
 * segment.
 */
export function metadataRecoveryRules(known: {
  readonly snapshots: readonly OffsetAndEpoch[];
  readonly mustKeep: Offset;
}): RecoveryRules {
  const epochBefore = new Map(known.snapshots.map(({ offset, epoch }) => [offset, epoch]));
  return {
    accepts({ baseOffset, nextOffset, partitionLeaderEpoch: epoch, isControl }, before) {
      if (baseOffset !== before.offset) return false;
      const previous = before.epoch === NO_EPOCH ? (epochBefore.get(before.offset) ?? NO_EPOCH) : before.epoch;
      const isFirstKnown = previous === NO_EPOCH && before.offset > 0;
      const continues = isFirstKnown || epoch === previous || (isControl && epoch > previous);
      return continues && (epochBefore.get(nextOffset) ?? epoch) === epoch;
    },
    beforeCut(end, path) {
      if (end < known.mustKeep) throw new UnusableMetadataLog(path, missingRecords(end, known.mustKeep));
    },
  };
}

/** Why a log that ends at `end` is not whole. */
export function missingRecords(end: Offset, committed: Offset): string {
  return `it can be read up to offset ${end}, but records up to ${committed} were committed and stored here`;
}
