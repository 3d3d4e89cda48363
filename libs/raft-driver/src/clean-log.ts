import type { PartitionLog } from '@milena/log-store';
import { invariant, type OffsetAndEpoch, type TimestampMs } from '@milena/model';
import type { SnapshotStore } from './snapshot-store';

/** How much of the metadata log and its snapshots is kept (`metadata.max.retention.*`); undefined for no limit. */
export interface MetadataRetention {
  /** Bytes of log and snapshots together. */
  readonly bytes: number | undefined;
  /** Age of the last record that a snapshot stands for, milliseconds. */
  readonly ms: number | undefined;
  /** How often that is looked at, milliseconds; Kafka has no key for it. */
  readonly periodMs: number;
}

/** Kafka's defaults. */
export const DEFAULT_METADATA_RETENTION: MetadataRetention = {
  bytes: 100 * 1024 * 1024,
  ms: 7 * 24 * 3_600_000,
  periodMs: 60_000,
};

/**
 * Deletes the oldest snapshots that are too old or too much, never the last one, and with each the records before the next
 * snapshot, as whole segments (KIP-630). The log then starts where its oldest snapshot ends. Returns how many went.
 */
export function cleanLog(options: {
  readonly log: PartitionLog;
  readonly snapshots: SnapshotStore;
  readonly retention: MetadataRetention;
  readonly now: TimestampMs;
}): number {
  const { log, snapshots } = options;
  let removed = 0;
  for (let [oldest, next] = snapshots.ids; next !== undefined; [oldest, next] = snapshots.ids) {
    if (oldest === undefined || !mustGo(oldest, options)) break;
    const moved = log.deleteRecordsBefore(next.offset);
    invariant(moved.ok, 'a snapshot ends inside the log', { snapshot: next });
    snapshots.removeBefore(next.offset);
    removed += 1;
  }
  return removed;
}

function mustGo(oldest: OffsetAndEpoch, { log, snapshots, retention, now }: Parameters<typeof cleanLog>[0]): boolean {
  const { bytes, ms } = retention;
  if (ms !== undefined && now - snapshots.head(oldest).timestamp > ms) return true;
  if (bytes === undefined) return false;
  const snapshotBytes = snapshots.ids.reduce((sum, id) => sum + (snapshots.size(id) ?? 0), 0);
  return log.sizeInBytes + snapshotBytes > bytes;
}
