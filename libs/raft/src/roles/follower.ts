import type { Endpoint } from '@milena/model';

/** A leader that can be reached. */
export interface KnownLeader {
  readonly id: number;
  readonly endpoint: Endpoint;
}

/** Fetches from the leader of its epoch; a voter or an observer. */
export interface Follower {
  readonly name: 'follower';
  readonly epoch: number;
  readonly leader: KnownLeader;
  /** When the leader counts as gone; moved by every successful fetch. */
  fetchDeadlineMs: number;
  /** Whether a fetch from this leader has succeeded in this epoch: from then on pre-votes are refused. */
  hasFetched: boolean;
  /** The largest number of a question for the read index that this leader has told (read-index.ts). */
  readRound: number | undefined;
  /** Whether the connection to the leader broke since: pre-votes are granted again (decision 11). */
  isLeaderSuspect: boolean;
  /** When the suspicion makes this voter stand for election once more; undefined: no eager attempt is due. */
  suspicionDeadlineMs: number | undefined;
  /** Whether the next fetch goes to another node, to learn whether there is a newer leader. */
  asksElsewhere: boolean;
  /** Whether the leader knows the directory of this static voter. */
  isAnnounced: boolean;
  /** When it looks next whether its own entry in the voter set is as it should be, or missing. */
  ownVoterDueMs: number;
}
