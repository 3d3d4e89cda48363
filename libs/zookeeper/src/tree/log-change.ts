/** A batch of the metadata log as znodes remember it; all that it changed share one. */
export interface LogChange {
  /** Offset of the batch's last record plus one. */
  readonly zxid: number;
  /** When the leader appended it, ms since 1970. */
  readonly timestampMs: number;
  /** Leader epoch it was written in. */
  readonly epoch: number;
}

/** What was there before the first record. */
export const BEFORE_THE_LOG: LogChange = { zxid: 0, timestampMs: 0, epoch: 0 };
