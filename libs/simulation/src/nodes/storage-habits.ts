import type { RaftDriverOptions, SnapshotTriggers } from '@milena/raft-driver';
import type { World } from '../world';

/** When a node writes snapshots of the metadata, and what it keeps. */
export interface StorageHabits {
  readonly triggers: SnapshotTriggers;
  /** How log, snapshots and the pieces of a snapshot that is fetched are cut. */
  readonly driver: Required<Pick<RaftDriverOptions, 'logConfig' | 'retention' | 'settings'>>;
}

const INDEX_BYTES = 1024;

/** As a process is configured by default: no run is long enough for a snapshot. */
export const NO_SNAPSHOTS: StorageHabits = {
  triggers: { recordBytesMax: 20 * 1024 * 1024, intervalMs: 3_600_000 },
  driver: { logConfig: { segmentBytes: 16 * 1024, segmentIndexBytes: INDEX_BYTES }, retention: {}, settings: {} },
};

/**
 * Draws the habits of every node of a run: half of the runs have snapshots, from one every few records to a few in all, kept
 * short or long, and fetched in pieces of all sizes.
 */
export function drawStorageHabits({ random: root, choices }: World): StorageHabits {
  const random = root.fork('storage habits');
  const recordBytesMax = [0, 0, 0, 300, 1000, 4000, 12_000, 12_000][random.below(8)] ?? 0;
  // A snapshot that does not live as long as its download takes is never received, by anybody.
  const intervalMs = random.chance(0.3) ? 1000 + random.below(3000) : 0;
  const segmentBytes = 512 * 2 ** random.below(6);
  const keptBytes = random.chance(0.5) ? 1 : 2000 * 2 ** random.below(4);
  const periodMs = 50 + random.below(random.chance(0.5) ? 300 : 4000);
  const pieceBytes = random.chance(0.5) ? 500 + random.below(2000) : 1024 * 1024;
  const bytesBetween = choices.setting('bytes between snapshots', recordBytesMax, [0]);
  if (bytesBetween === 0) return NO_SNAPSHOTS;
  return {
    triggers: { recordBytesMax: bytesBetween, intervalMs: choices.setting('snapshot interval ms', intervalMs, [0]) },
    driver: {
      logConfig: {
        segmentBytes: choices.setting('segment bytes', segmentBytes, [512]),
        segmentIndexBytes: INDEX_BYTES,
      },
      retention: {
        bytes: choices.setting('bytes kept', keptBytes, [1]),
        periodMs: choices.setting('cleaning period ms', periodMs, [50, 500]),
      },
      settings: { fetchSnapshotMaxBytes: choices.setting('snapshot piece bytes', pieceBytes, [1024 * 1024]) },
    },
  };
}
