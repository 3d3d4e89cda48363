import { NO_OFFSET, type Offset, type Uuid } from '@milena/model';
import type { DescribeReplicaRequest, FetchRequest, KraftVersions, VoterChangeRequest } from '../messages';
import { matchesReplica, replicaKeyText, type ReplicaKey } from '../replica-key';
import type { VoterSet } from '../voter-set';

/** What the leader knows of one other replica. */
export interface Progress {
  key: ReplicaKey;
  /** The last fetch offset: everything before it is on that replica's disk. */
  logEndOffset: Offset | undefined;
  lastFetchMs: number | undefined;
  /** When it was last heard from: by a fetch, or while it fetches a snapshot. */
  lastContactMs: number | undefined;
  lastCaughtUpMs: number | undefined;
  /** The leader's log end at that fetch. */
  leaderEndAtLastFetch: Offset;
  /** When BeginQuorumEpoch is sent to it next, unless it fetches before. */
  beginEpochAtMs: number;
  /** The largest `readRound` that a fetch of its repeated, 0 for none. */
  readRound: number;
}

/** What a static voter said of itself: more than the configuration knows (KIP-853). */
export interface VoterAnnouncement {
  readonly directoryId: Uuid | undefined;
  readonly kraftVersions: KraftVersions;
}

/** A fetch that waits for something new. */
export interface ParkedFetch {
  readonly requestId: number;
  readonly request: FetchRequest;
  readonly deadlineMs: number;
}

/** A question for the read index that waits for a majority of voters to confirm that this replica leads. */
export interface ReadQuestion {
  readonly requestId: number;
  /** Its number: fetches that repeat it, or a larger one, were sent after it came. */
  readonly round: number;
  /** The high watermark when it came; undefined while the leader did not know it. */
  readonly readIndex: Offset | undefined;
  readonly deadlineMs: number;
}

/** A voter change the leader works on, one at a time (KIP-853). */
export interface VoterChange {
  readonly requestId: number;
  readonly request: VoterChangeRequest;
  /** When whoever asked hears REQUEST_TIMED_OUT. */
  readonly deadlineMs: number;
  /**
   * `probing`: the endpoint is not known to be that replica's yet. `catchingUp`: the newcomer lacks records. `ready`: the new
   * voter set may be appended. `committing`: it was, and waits for its majority.
   */
  stage: 'probing' | 'catchingUp' | 'ready' | 'committing';
  /** The probe whose answer counts. */
  probe: DescribeReplicaRequest | undefined;
  /** What the newcomer said that it supports. */
  kraftVersions: KraftVersions | undefined;
}

/** Observers are forgotten after so long without contact (as Kafka does). */
const OBSERVER_SESSION_MS = 300_000;
/** Most observers remembered and most fetches parked. */
export const REPLICAS_MAX = 10_000;

/** Leads its epoch: appends, answers fetches, moves the high watermark. */
export class Leader {
  readonly name = 'leader';
  /** Undefined until a record of this epoch is committed (KAFKA-12619). */
  highWatermark: Offset | undefined;
  readonly parked = new Map<number, ParkedFetch>();
  /** Number of the last question for the read index. */
  readRound = 0;
  /** The questions that wait, in the order they came, by request id. */
  readonly reads = new Map<number, ReadQuestion>();
  /** The voter change under way. */
  change: VoterChange | undefined;
  /** The static voters that announced themselves to this leader, by id. */
  readonly announced = new Map<number, VoterAnnouncement>();
  private readonly voterProgress = new Map<number, Progress>();
  private readonly observerProgress = new Map<string, Progress>();

  /** `epochStartOffset` is where this epoch's leader change record stands. */
  constructor(
    readonly epoch: number,
    readonly epochStartOffset: Offset,
    readonly sinceMs: number,
    private readonly self: ReplicaKey,
  ) {}

  /** What is known of the voter; made when missing. Undefined for this replica itself. */
  voter(key: ReplicaKey): Progress | undefined {
    if (matchesReplica(key, this.self)) return undefined;
    let progress = this.voterProgress.get(key.id);
    if (progress === undefined || !matchesReplica(progress.key, key)) {
      progress = newProgress(key, this.sinceMs);
      this.voterProgress.set(key.id, progress);
    }
    return progress;
  }

  /** What is known of a replica that fetches, voter or not; undefined when there are too many observers. */
  fetcher(key: ReplicaKey, voters: VoterSet, nowMs: number): Progress | undefined {
    const voter = voters.voter(key.id);
    if (voter !== undefined && matchesReplica(voter.key, key)) return this.voter(voter.key);
    const name = replicaKeyText(key);
    const known = this.observerProgress.get(name);
    if (known !== undefined) return known;
    this.forgetObservers(nowMs);
    if (this.observerProgress.size >= REPLICAS_MAX) return undefined;
    const progress = newProgress(key, nowMs);
    this.observerProgress.set(name, progress);
    return progress;
  }

  get observers(): readonly Progress[] {
    return [...this.observerProgress.values()];
  }

  /** What is known of an observer that fetched lately. */
  observer(key: ReplicaKey): Progress | undefined {
    return this.observerProgress.get(replicaKeyText(key));
  }

  /** What is known of replicas goes with them when they become voters, or cease to be. */
  votersChanged(voters: VoterSet): void {
    for (const [id, progress] of this.voterProgress) {
      const voter = voters.voter(id);
      if (voter !== undefined && matchesReplica(progress.key, voter.key)) {
        // What was fetched before the directory was known may have come to another one.
        if (progress.key.directoryId !== voter.key.directoryId) progress.logEndOffset = undefined;
        progress.key = voter.key;
        continue;
      }
      this.voterProgress.delete(id);
      if (progress.lastContactMs !== undefined) this.observerProgress.set(replicaKeyText(progress.key), progress);
    }
    for (const { key } of voters.voters) {
      const name = replicaKeyText(key);
      const progress = this.observerProgress.get(name);
      if (progress === undefined) continue;
      this.observerProgress.delete(name);
      this.voterProgress.set(key.id, progress);
    }
  }

  forgetObservers(nowMs: number): void {
    for (const [name, { lastContactMs }] of this.observerProgress) {
      if ((lastContactMs ?? 0) + OBSERVER_SESSION_MS <= nowMs) this.observerProgress.delete(name);
    }
  }
}

function newProgress(key: ReplicaKey, nowMs: number): Progress {
  return {
    key,
    logEndOffset: undefined,
    lastFetchMs: undefined,
    lastContactMs: undefined,
    lastCaughtUpMs: undefined,
    leaderEndAtLastFetch: NO_OFFSET,
    beginEpochAtMs: nowMs,
    readRound: 0,
  };
}

/** Notes that the replica lives and follows; it need not be told who leads for `quietMs`. */
export function recordContact(progress: Progress, nowMs: number, quietMs: number): void {
  progress.lastContactMs = nowMs;
  progress.beginEpochAtMs = nowMs + quietMs;
}

/** Notes a valid fetch. Caught up means: it has all there is now, or all there was at its previous fetch (kraft.md 3.12). */
export function recordFetch(progress: Progress, fetchOffset: Offset, leaderEnd: Offset, nowMs: number): void {
  if (fetchOffset >= leaderEnd) progress.lastCaughtUpMs = nowMs;
  else if (progress.lastFetchMs !== undefined && fetchOffset >= progress.leaderEndAtLastFetch) {
    progress.lastCaughtUpMs = progress.lastFetchMs;
  }
  // A wiped voter comes back with a smaller offset; it is believed (KAFKA-12181).
  progress.logEndOffset = fetchOffset;
  progress.lastFetchMs = nowMs;
  progress.leaderEndAtLastFetch = leaderEnd;
}
