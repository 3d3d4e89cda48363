import type { AppendOutcome, AppendRequest } from './append-request';
import type { FetchOutcome, FetchRequest } from './fetch-request';
import type { EpochEndAnswer, EpochEndQuery, OffsetAnswer, OffsetQuery } from './offset-query';
import type { DeletedRecords, RecordDeletion } from './record-deletion';

/**
 * The partitions of a broker as the API handlers see them. Every call answers per partition with Kafka error names and
 * never throws for what a client sent. `respond` is called exactly once, possibly inside the call.
 */
export interface ReplicaManager {
  /**
   * Appends to the partitions this broker leads. With acks 0 and 1 `respond` runs once the leader's log has the batches
   * (and has synced them where flush.messages demands it); with -1 once the high watermark passed them, or the time is up
   * (REQUEST_TIMED_OUT), or the in-sync set became too small (NOT_ENOUGH_REPLICAS_AFTER_APPEND).
   */
  append(request: AppendRequest, respond: (outcomes: readonly AppendOutcome[]) => void): void;
  /** Reads; parks until `minBytes` are there, an entry has an error or diverged, or `maxWaitMs` are over. */
  fetch(request: FetchRequest, respond: (outcomes: readonly FetchOutcome[]) => void): void;
  /** Deletes committed records from the partitions this broker leads. */
  deleteRecords(deletions: readonly RecordDeletion[]): readonly DeletedRecords[];
  listOffsets(queries: readonly OffsetQuery[]): readonly OffsetAnswer[];
  endOffsetForEpoch(queries: readonly EpochEndQuery[]): readonly EpochEndAnswer[];
}
