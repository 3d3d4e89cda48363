import type { MetadataRecord } from '@milena/metadata';
import type { Offset } from '@milena/model';
import type { PartitionSweep } from './partitions/partition-sweep';

/** Where a decision's records came to stand in the log, both ends included. */
export interface AppendedRange {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
}

/** Partitions a decision concerns that did not fit into its batch; they are settled in further batches. */
export interface UnfinishedSweep {
  readonly sweep: PartitionSweep;
  /** The broker whose standing changed; undefined when it is about partitions of any broker. */
  readonly brokerId?: number;
}

/**
 * What a decide function wants: records to append as one atomic batch, and the answer to give once they are committed.
 * The answer is a function because some answers name the offset of a record (the broker epoch).
 */
export interface Decision<Response> {
  readonly records: readonly MetadataRecord[];
  /** `appended` is undefined when there are no records. */
  respond(appended: AppendedRange | undefined): Response;
  /** To be carried on once the records are appended. */
  readonly unfinished?: UnfinishedSweep;
}

/** A decision whose answer is known now. */
export function decide<Response>(records: readonly MetadataRecord[], response: Response): Decision<Response> {
  return { records, respond: () => response };
}
