import type { MetadataRecord } from '@milena/metadata';
import type { Offset } from '@milena/model';

/** Where a decision's records came to stand in the log, both ends included. */
export interface AppendedRange {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
}

/**
 * What a decide function wants: records to append as one atomic batch, and the answer to give once they are committed.
 * The answer is a function because some answers name the offset of a record (the broker epoch).
 */
export interface Decision<Response> {
  readonly records: readonly MetadataRecord[];
  /** `appended` is undefined when there are no records. */
  respond(appended: AppendedRange | undefined): Response;
}

/** A decision whose answer is known now. */
export function decide<Response>(records: readonly MetadataRecord[], response: Response): Decision<Response> {
  return { records, respond: () => response };
}
