import type { Endpoint, Uuid } from '@milena/model';
import type { Clock, Random } from '@milena/platform';
import type { PlantedBugs } from './planted-bugs';
import type { QuorumState } from './quorum-state';
import type { RaftBatches } from './raft-batches';
import type { RaftLog } from './raft-log';
import type { ReplicaKey } from './replica-key';
import type { VoterSet } from './voter-set';

/** Timers and limits. The `controller.quorum.*` ones carry Kafka's names and defaults. */
export interface RaftSettings {
  /** T of the election timeout, which is uniform in [T, 2T). */
  readonly electionTimeoutMs: number;
  /** A follower without a successful fetch for so long looks for a new leader. */
  readonly fetchTimeoutMs: number;
  /** Longest delay before a successor named by EndQuorumEpoch stands for election. */
  readonly electionBackoffMaxMs: number;
  /** How long the driver waits for a response. */
  readonly requestTimeoutMs: number;
  /** First pause before a failed request is sent again. */
  readonly retryBackoffMs: number;
  /** Longest time a leader holds a fetch that brings nothing new. */
  readonly fetchMaxWaitMs: number;
  /** Most record bytes in one fetch response, one batch aside. */
  readonly fetchMaxBytes: number;
  /** Most bytes in one piece of a snapshot (`controller.quorum.fetch.snapshot.max.bytes`). */
  readonly fetchSnapshotMaxBytes: number;
  /** Records beyond the high watermark at which a leader refuses to append more. */
  readonly uncommittedRecordsMax: number;
  /** Bounds of the pause before a voter that starts without a live leader stands for election. */
  readonly startJitterMs: { readonly min: number; readonly max: number };
  /** Bounds of the pause between the eager attempts of a voter that suspects its leader, on a disk that takes no time. */
  readonly retryJitterMs: { readonly min: number; readonly max: number };
  /** How long a leader whose connection broke, or who stops, is asked for nothing: elections begin without it meanwhile. */
  readonly suspectRestMs: number;
  /** Eager attempts after a start or a suspicion, before the ordinary timeouts rule again. */
  readonly eagerAttempts: number;
}

/** Kafka's defaults, and ours where Kafka has no such setting. */
export const DEFAULT_RAFT_SETTINGS: RaftSettings = {
  electionTimeoutMs: 1000,
  fetchTimeoutMs: 2000,
  electionBackoffMaxMs: 1000,
  requestTimeoutMs: 2000,
  retryBackoffMs: 20,
  fetchMaxWaitMs: 500,
  fetchMaxBytes: 1024 * 1024,
  fetchSnapshotMaxBytes: 1024 * 1024,
  uncommittedRecordsMax: 100_000,
  startJitterMs: { min: 10, max: 50 },
  retryJitterMs: { min: 10, max: 30 },
  suspectRestMs: 100,
  eagerAttempts: 8,
};

/** The voters known before the log says anything. */
export interface BootstrapVoters {
  readonly voters: VoterSet;
  /**
   * `static`: from configuration, never written to the log (kraft.version 0). `checkpoint`: from the bootstrap
   * checkpoint 0-0; the first leader writes them to the log.
   */
  readonly source: 'static' | 'checkpoint';
}

/** What a replica is made of. */
export interface RaftOptions {
  readonly clusterId: Uuid;
  /** This replica; it is a voter exactly while the latest voter set holds this key. */
  readonly self: ReplicaKey;
  /** Where this node serves the quorum's RPCs; needed to vote and to lead. A replica without one is an observer for ever. */
  readonly endpoint?: Endpoint;
  readonly bootstrap: BootstrapVoters;
  /** Asked for the leader, beside the voters, by a replica that knows none (`controller.quorum.bootstrap.servers`). */
  readonly bootstrapServers?: readonly Endpoint[];
  /**
   * Whether this replica asks to become a voter (`controller.quorum.auto.join.enable`, KIP-853); it needs an endpoint and a
   * directory id. One whose disk was replaced first has the voter removed that it was before.
   */
  readonly autoJoin?: boolean;
  readonly log: RaftLog;
  readonly batches: RaftBatches;
  /** What the quorum-state file held. */
  readonly restored: QuorumState;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings?: Partial<RaftSettings>;
  readonly plantedBugs?: PlantedBugs;
}
