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

/** What is replicated: a state that is nothing but its records replayed in order. */
export interface StateMachine<State, R> {
  readonly initial: State;
  /** The state with the batch taken in. Pure: `state` stays as it was, because it may have to be returned to. */
  replay(state: State, batch: ReplayedBatch<R>): State;
  encode(record: R): Uint8Array;
  /** Reads what `encode` wrote; throws on anything else. */
  decode(value: Buffer): R;
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
export interface ReplicatedLog {
  /** Appends one atomic batch; commitment is told later, never inside this call. A failure means that nothing was appended. */
  append(epoch: number, values: readonly Uint8Array[], trace?: TraceContext): Result<AppendedRange>;
}

/** A committed batch as the log delivers it. */
export interface CommittedValues {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  readonly epoch: number;
  readonly records: readonly Buffer[];
}
