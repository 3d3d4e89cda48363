/** Faults a simulator may plant. Each must be caught by a checker (docs/testing.md); production plants none. */
export interface PlantedBugs {
  /** Bug 7: acks=all is answered as soon as the leader has the batch, before the high watermark passes it. */
  readonly acknowledgeBeforeHighWatermark?: boolean;
  /** Bug 7 in a coordinator: a commit is answered as soon as it is written, before the high watermark passes it. */
  readonly answerCommitsBeforeHighWatermark?: boolean;
}
