/** A broken promise: which invariant (the README lists them), what was seen, and when. */
export interface Violation {
  /** e.g. `R1 election safety`. */
  readonly invariant: string;
  readonly message: string;
  /** Virtual milliseconds since the start of the run. */
  readonly atMs: number;
}

/** Thrown by a checker; ends the run of its seed. */
export class ViolationFound extends Error {
  override readonly name = 'ViolationFound';

  constructor(readonly violation: Violation) {
    super(`${violation.invariant}: ${violation.message}`);
  }
}
