import type { ErrorName, TopicPartition, Uuid } from '@milena/model';
import type { TraceContext } from '@milena/platform';

/** What a producer waits for: nothing, the leader's log, or every replica of the maximal ISR. */
export type RequiredAcks = 0 | 1 | -1;

/** Whole record batches for one partition. */
export interface AppendEntry {
  readonly topicPartition: TopicPartition;
  /** When given, the partition's topic must have this id: a topic made anew under the old name is another topic. */
  readonly topicId?: Uuid;
  /** One batch of format v2, or several. Offsets and the leader epoch are written into these bytes. */
  readonly batches: Buffer;
}

/** A produce request after translation. */
export interface AppendRequest {
  readonly acks: RequiredAcks;
  /** How long the caller waits for the replicas, milliseconds. */
  readonly timeoutMs: number;
  readonly entries: readonly AppendEntry[];
  /** The request's span, when it is traced. */
  readonly trace?: TraceContext | undefined;
}

/** The leader a broker knows for a partition, sent along with errors so that clients need not ask (KIP-951). */
export interface CurrentLeader {
  /** Node id, NO_NODE for none. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
}

/** Outcome for one entry; entries and outcomes have the same order. */
export interface AppendOutcome {
  readonly topicPartition: TopicPartition;
  readonly topicId?: Uuid;
  readonly error: ErrorName;
  /** One sentence about the error. */
  readonly message?: string;
  /** Offset of the first record; -1 on error. */
  readonly baseOffset: number;
  /** When the leader stamped the records (LogAppendTime); -1 when the producer's timestamps were kept. */
  readonly appendTimestamp: number;
  /** -1 on error. */
  readonly logStartOffset: number;
  /** Set with NOT_LEADER_OR_FOLLOWER and FENCED_LEADER_EPOCH. */
  readonly currentLeader?: CurrentLeader;
}
