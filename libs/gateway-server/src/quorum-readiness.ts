import type { RaftDriver } from '@milena/raft-driver';

/** What readiness is told by. */
export interface QuorumReadinessOptions {
  readonly metadataLog: Pick<RaftDriver, 'health' | 'leader' | 'highWatermark' | 'logEndOffset'>;
  /** Offset of the last record of the own image. */
  readonly imageOffset: () => number;
}

/** Whether an image follows a live quorum. `look` wants to be called now and then. */
export class QuorumReadiness {
  #hasCaughtUp = false;
  /** Where everything stood at the look before. */
  #before: { readonly highWatermark: number; readonly logEnd: number; readonly image: number } | undefined;

  constructor(private readonly options: QuorumReadinessOptions) {}

  /** Whether the image has contained everything committed at one time since the start: reads are never older than that. */
  get hasCaughtUp(): boolean {
    return this.#hasCaughtUp;
  }

  /** Looks again; true while the image follows a live quorum. */
  look(): boolean {
    const { metadataLog } = this.options;
    const isLive = metadataLog.health() && metadataLog.leader().leaderId !== undefined;
    if (isLive && !this.#hasCaughtUp) this.#hasCaughtUp = this.#isCaughtUp();
    return isLive && this.#hasCaughtUp;
  }

  /**
   * The image contains what was committed at the look before, by when a first fetch had told the high watermark; or the
   * whole log is committed and nothing moves any more: the log may end with control batches, which no image contains.
   */
  #isCaughtUp(): boolean {
    const { metadataLog, imageOffset } = this.options;
    const highWatermark = metadataLog.highWatermark();
    if (highWatermark === undefined) return false;
    const before = this.#before;
    const now = { highWatermark, logEnd: metadataLog.logEndOffset(), image: imageOffset() };
    this.#before = now;
    if (before === undefined) return false;
    const isQuiet = before.image === now.image && before.logEnd === now.logEnd && highWatermark === now.logEnd;
    return isQuiet || now.image >= before.highWatermark - 1;
  }
}
