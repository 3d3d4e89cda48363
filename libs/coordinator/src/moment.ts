/** The time of an input. */
export interface Moment {
  /** For deadlines. */
  readonly monotonicMs: number;
  /** For timestamps in records. */
  readonly wallMs: number;
}
