import type { StorageHabits } from '../nodes/storage-habits';
import { followerOf, settled, startAll, type CrashScenario, type Stage } from './scenario';

/**
 * A snapshot every few records, with nothing kept that it stands for, fetched in many pieces. Nodes are idle while one is
 * fetched: it lives as long as that takes.
 */
export const SMALL_SNAPSHOTS: StorageHabits = {
  triggers: { recordBytesMax: 1_000, intervalMs: 0 },
  driver: {
    logConfig: { segmentBytes: 512, segmentIndexBytes: 1024 },
    retention: { bytes: 1, periodMs: 50 },
    settings: { fetchSnapshotMaxBytes: 500 },
  },
};

/** There is a first snapshot: with the next one it goes, and the log behind it. */
async function firstSnapshotIsThere(stage: Stage): Promise<void> {
  await settled(stage);
  stage.burst(4);
  await stage.run(100);
}

/** Snapshots are made and fetched, and the log is cleaned behind them. */
export const SNAPSHOT_SCENARIOS: readonly CrashScenario[] = [
  {
    // Nobody else has what a power cut takes.
    name: 'a single voter makes snapshots and cleans its log',
    quorum: { voters: 1, habits: SMALL_SNAPSHOTS },
    setUp: firstSnapshotIsThere,
    act: async ({ burst, run }) => (burst(4), await run(120)),
  },
  {
    name: 'snapshots are made and logs cleaned',
    quorum: { voters: 3, habits: SMALL_SNAPSHOTS },
    setUp: firstSnapshotIsThere,
    act: async ({ burst, run }) => (burst(4), await run(120)),
  },
  {
    name: 'a follower fetches a snapshot',
    quorum: { voters: 3, habits: SMALL_SNAPSHOTS },
    setUp: async (stage) => {
      await settled(stage);
      followerOf(stage).machine.crash('keep');
      stage.burst(20);
      await stage.run(500);
    },
    act: async (stage) => {
      startAll(stage);
      await stage.run(300);
    },
  },
  {
    name: 'an observer fetches a snapshot',
    quorum: { voters: 3, observers: 1, habits: SMALL_SNAPSHOTS },
    setUp: async (stage) => {
      await settled(stage);
      for (const { machine } of stage.quorum.observers) machine.crash('keep');
      stage.burst(20);
      await stage.run(500);
    },
    act: async (stage) => {
      for (const { machine } of stage.quorum.observers) machine.start();
      await stage.run(300);
    },
  },
];
