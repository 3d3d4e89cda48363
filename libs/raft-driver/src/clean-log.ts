import type { PartitionLog } from '@milena/log-store';
import { invariant, type OffsetAndEpoch, type TimestampMs } from '@milena/model';
import type { SnapshotStore } from './snapshot-store';
import { UnusableSnapshot } from './unusable-snapshot';

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

/** What cleaning works on. */
export interface Cleaning {
  readonly log: PartitionLog;
  readonly snapshots: SnapshotStore;
  readonly retention: MetadataRetention;
  readonly now: TimestampMs;
  /** False ends it early. */
  mayGoOn(): boolean;
}

/**
 * Deletes the oldest snapshots that are too old or too much, never the last one, and with each the records before the next
 * snapshot, as whole segments (KIP-630). The log then starts where its oldest snapshot ends. That one is read whole before
 * anything it stands for is deleted; where none can be read, everything stays. Resolves to how often something went.
 */
export async function cleanLog(cleaning: Cleaning): Promise<number> {
  const { log, snapshots, mayGoOn } = cleaning;
  let removed = 0;
  for (let [oldest] = snapshots.ids; oldest !== undefined && mustGo(oldest, cleaning); [oldest] = snapshots.ids) {
    const next = await wholeSnapshotAfter(oldest, cleaning);
    if (next === undefined || !mayGoOn()) break;
    // A snapshot of the leader may have taken its place meanwhile.
    if (!snapshots.has(next)) continue;
    const moved = log.deleteRecordsBefore(next.offset);
    invariant(moved.ok, 'a snapshot ends inside the log', { snapshot: next });
    snapshots.removeBefore(next.offset);
    removed += 1;
  }
  return removed;
}

async function wholeSnapshotAfter(
  oldest: OffsetAndEpoch,
  { snapshots }: Cleaning,
): Promise<OffsetAndEpoch | undefined> {
  for (const id of snapshots.ids.filter(({ offset }) => offset > oldest.offset)) {
    try {
      await snapshots.check(id);
      return id;
    } catch (error) {
      if (!(error instanceof UnusableSnapshot) && snapshots.has(id)) throw error;
    }
  }
  return undefined;
}

function mustGo(oldest: OffsetAndEpoch, { log, snapshots, retention, now }: Cleaning): boolean {
  const { bytes, ms } = retention;
  if (snapshots.ids.length < 2) return false;
  if (ms !== undefined && now - writtenAt(oldest, snapshots) > ms) return true;
  if (bytes === undefined) return false;
  const snapshotBytes = snapshots.ids.reduce((sum, id) => sum + (snapshots.size(id) ?? 0), 0);
  return log.sizeInBytes + snapshotBytes > bytes;
}

/** One that cannot be read any more is as old as can be. */
function writtenAt(id: OffsetAndEpoch, snapshots: SnapshotStore): number {
  try {
    return snapshots.head(id).timestamp;
  } catch (error) {
    if (error instanceof UnusableSnapshot) return -Infinity;
    throw error;
  }
}
