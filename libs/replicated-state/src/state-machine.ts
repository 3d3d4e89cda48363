import type { Offset, Result } from '@milena/model';
import type { TraceContext } from '@milena/platform';

/** Records of one batch with where they stand in the log. */
export interface ReplayedBatch<R> {
  readonly records: readonly R[];
  /** Offset of the first record; the others follow one by one. */
  readonly baseOffset: Offset;
  /** Leader epoch in which the batch was written. */
  readonly epoch: number;
}

/**
 * What is replicated: a state that is nothing but its records replayed in order. `Written` is a record as the log takes it,
 * `Read` as it gives it back: bytes, or a key and a value.
 */
export interface StateMachine<State, R, Written = Uint8Array, Read = Buffer> {
  readonly initial: State;
  /** The state with the batch taken in. Pure: `state` stays as it was, because it may have to be returned to. */
  replay(state: State, batch: ReplayedBatch<R>): State;
  encode(record: R): Written;
  /** Reads what `encode` wrote; throws on anything else. */
  decode(value: Read): R;
}

/** Where a decision's records came to stand, both ends included. */
export interface AppendedRange {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
}

/** What a decide function wants: records to append as one atomic batch, and the answer once they are committed. */
export interface Decision<R, Response> {
  readonly records: readonly R[];
  /** Makes the answer. `appended` is undefined when there are no records. */
  respond(appended: AppendedRange | undefined): Response;
}

/** The log that orders and replicates records. */
export interface ReplicatedLog<Written = Uint8Array> {
  /** Appends one atomic batch; commitment is told later, never inside this call. A failure means that nothing was appended. */
  append(epoch: number, values: readonly Written[], trace?: TraceContext): Result<AppendedRange>;
}

/** A committed batch as the log delivers it. */
export interface CommittedValues<Read = Buffer> {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  readonly epoch: number;
  readonly records: readonly Read[];
}
