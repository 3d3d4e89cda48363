import type { LogSink } from './world-log';
import { runClusterSeed } from './profiles/cluster-profile';
import { runQuorumSeed } from './profiles/quorum-profile';
import type { SeedReport } from './seed-report';

/** Names of the planted bugs of the first milestone, numbered as in the catalogue of docs/testing.md. */
export type PlantedBug =
  | '1 vote answered before it is durable'
  | '2 vote granted to a stale log'
  | '3 older epoch committed by counting'
  | '7 acknowledged before the high watermark passes'
  | '7 commit answered before the high watermark passes';

/** Settings of one seed's run besides the seed. */
export interface RunOptions {
  readonly plantedBug?: PlantedBug;
  /** Sees what the nodes log. */
  readonly onLog?: LogSink;
}

/** A kind of cluster with its workload, faults and checkers. */
export interface Profile {
  readonly name: 'quorum' | 'cluster';
  run(seed: number, options?: RunOptions): Promise<SeedReport>;
}

/** The profiles, smallest first. */
export const PROFILES: readonly Profile[] = [
  {
    name: 'quorum',
    run: (seed, { plantedBug, onLog } = {}) =>
      runQuorumSeed(seed, {
        plantedBugs: {
          replyToVoteBeforePersist: plantedBug === '1 vote answered before it is durable',
          grantVoteToStaleLog: plantedBug === '2 vote granted to a stale log',
          commitOlderEpochByCounting: plantedBug === '3 older epoch committed by counting',
        },
        ...(onLog === undefined ? {} : { onLog }),
      }),
  },
  {
    name: 'cluster',
    run: (seed, { plantedBug, onLog } = {}) =>
      runClusterSeed(seed, {
        plantedBugs: {
          acknowledgeBeforeHighWatermark: plantedBug === '7 acknowledged before the high watermark passes',
          answerCommitsBeforeHighWatermark: plantedBug === '7 commit answered before the high watermark passes',
        },
        ...(onLog === undefined ? {} : { onLog }),
      }),
  },
];

/** Every planted bug with the profile whose checkers must catch it. */
export const PLANTED_BUGS: readonly { readonly bug: PlantedBug; readonly profile: Profile['name'] }[] = [
  { bug: '1 vote answered before it is durable', profile: 'quorum' },
  { bug: '2 vote granted to a stale log', profile: 'quorum' },
  { bug: '3 older epoch committed by counting', profile: 'quorum' },
  { bug: '7 acknowledged before the high watermark passes', profile: 'cluster' },
  { bug: '7 commit answered before the high watermark passes', profile: 'cluster' },
];
