import type { ErrorName, Offset, TopicPartition, Uuid } from '@milena/model';
import type { CurrentLeader } from './append-request';

/** Where a client reads in one partition. */
export interface FetchEntry {
  readonly topicPartition: TopicPartition;
  readonly topicId?: Uuid;
  readonly fetchOffset: Offset;
  /** Leader epoch the client knows; NO_EPOCH skips the check. */
  readonly currentLeaderEpoch: number;
  /** Epoch of the record before `fetchOffset`; NO_EPOCH skips the check for divergence (KIP-595). */
  readonly lastFetchedEpoch: number;
  /** Most bytes from this partition; the first batch of an answer is sent even when it is larger. */
  readonly maxBytes: number;
}

/** `uncommitted`: up to the high watermark. `committed`: up to the last stable offset. */
export type FetchIsolation = 'uncommitted' | 'committed';

/** A client's fetch after translation. */
export interface FetchRequest {
  /** How long to wait for `minBytes`, milliseconds. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Most bytes in the whole answer; one batch is sent even when it is larger. */
  readonly maxBytes: number;
  readonly isolation: FetchIsolation;
  readonly entries: readonly FetchEntry[];
}

/** A transaction whose records a reader of committed data must skip. */
export interface AbortedTransactionRange {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** Outcome for one entry; entries and outcomes have the same order. */
export interface FetchOutcome {
  readonly topicPartition: TopicPartition;
  readonly topicId?: Uuid;
  readonly error: ErrorName;
  /** -1 on error, as are the next two. */
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** Set when the client's log position does not lie in this log: where the epoch it fetched last ends here. */
  readonly divergingEpoch?: { readonly epoch: number; readonly endOffset: number };
  readonly abortedTransactions: readonly AbortedTransactionRange[];
  /** Whole batches; the first may begin before `fetchOffset`. */
  readonly records: Buffer;
  readonly currentLeader?: CurrentLeader;
}
