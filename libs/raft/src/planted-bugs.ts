/**
 * For the simulator only: bugs switched on to prove that its checkers catch them. Absent in production; no configuration
 * reaches them.
 */
export interface PlantedBugs {
  /** Requests and answers leave before the vote and epoch they rest on are durable. */
  readonly replyToVoteBeforePersist?: boolean;
  /** A vote is granted without looking at the candidate's log. */
  readonly grantVoteToStaleLog?: boolean;
  /** The high watermark moves over records of older epochs by counting replicas (Raft section 5.4.2, figure 8). */
  readonly commitOlderEpochByCounting?: boolean;
  /** The leader counts its own log end before it is flushed. */
  readonly leaderCountsBeforeFlush?: boolean;
  /** A follower acknowledges by its fetch offset what it has not flushed. */
  readonly fetchBeforeFlush?: boolean;
  /** A vote is granted and answered, and the file does not say to whom. */
  readonly forgetVote?: boolean;
  /** A second candidate of an epoch gets a vote too. */
  readonly grantVoteTwice?: boolean;
  /** A leader that resigned stays in the epoch it led. */
  readonly keepEpochAfterResigning?: boolean;
  /** A leader that no majority fetches from leads on. */
  readonly skipCheckQuorum?: boolean;
  /** A leader does not listen to those who know of a newer epoch. */
  readonly ignoreNewerEpoch?: boolean;
  /** Elections have no jitter, and nobody lets one of higher rank go first: who stands together does so again. */
  readonly electWithoutJitter?: boolean;
  /** A leader takes a fetch at its log start for valid without looking at the epoch. */
  readonly trustEpochAtLogStart?: boolean;
  /** The part of a snapshot that came from one leader is completed from another. */
  readonly resumeSnapshotOfFormerLeader?: boolean;
  /** What was flushed of the log before a snapshot replaced it counts as flushed of the log behind it. */
  readonly keepDurableEndOverInstall?: boolean;
  /** The log is cleaned up to the high watermark, be there a snapshot that ends there or not. */
  readonly cleanBeyondSnapshot?: boolean;
  /** What the log gives back is taken for what was written. */
  readonly believeWhatIsRead?: boolean;
  /** A voter set rules when it is committed, not when it is appended. */
  readonly applyVotersOnCommit?: boolean;
  /** A leader that removed itself from the voter set counts itself for the high watermark. */
  readonly countSelfAfterRemoval?: boolean;
  /** A voter change begins while the one before is not committed. */
  readonly overlapVoterChanges?: boolean;
  /** A leader answers for the read index without asking whether a majority still follows it. */
  readonly readWithoutMajority?: boolean;
}
