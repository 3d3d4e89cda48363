import { maxOffset, minOffset, type Offset } from '@milena/model';
import type { PartitionLog } from '@milena/log-store';

/** What the end needs of a log. */
export type SyncedLog = Pick<PartitionLog, 'logEndOffset' | 'recoveryPoint' | 'flush'>;

/**
 * How far this replica may acknowledge its own log: to its end, unless `flush.messages` demands that records be on stable
 * storage first. As soon as that many records are unsynced, the end waits for a sync; with 1 it never passes what is
 * synced. Concurrent appends share one sync (group commit).
 */
export class AcknowledgedEnd {
  #offset: Offset;
  #syncing: Promise<void> | undefined;
  /** Whether the log was cut since the last sync began. */
  #isCut = false;
  #closed = false;

  constructor(
    private readonly log: SyncedLog,
    private flushMessages: number,
    /** The end moved after a sync. */
    private readonly onMoved: () => void,
    /** A sync failed; the log must not be trusted any more. */
    private readonly onFailed: (error: unknown) => void,
  ) {
    this.#offset = this.#isSyncDue() ? minOffset(log.recoveryPoint, log.logEndOffset) : log.logEndOffset;
  }

  get offset(): Offset {
    return this.#offset;
  }

  setFlushMessages(flushMessages: number): void {
    this.flushMessages = flushMessages;
  }

  /** The log grew: moves the end at once where it may, else starts a sync. */
  appended(): void {
    if (!this.#isSyncDue()) this.#offset = this.log.logEndOffset;
    else this.#syncing ??= this.#sync();
  }

  /**
   * The log was cut, which must be on stable storage before anything is appended: after a power cut new records could stand
   * beside old ones that were removed.
   */
  truncated(): void {
    this.#offset = minOffset(this.#offset, this.log.logEndOffset);
    this.#isCut = true;
    this.#syncing ??= this.#sync();
  }

  /** Settles once the end has caught up with the log, and no cut is unsynced; undefined when it is so. */
  settled(): Promise<void> | undefined {
    return this.#syncing;
  }

  /** Reports nothing any more. */
  close(): void {
    this.#closed = true;
  }

  #isSyncDue(): boolean {
    return this.log.logEndOffset - this.log.recoveryPoint >= this.flushMessages;
  }

  async #sync(): Promise<void> {
    try {
      do {
        this.#isCut = false;
        const reached = await this.log.flush();
        if (this.#closed) return;
        this.#offset = this.#isSyncDue()
          ? maxOffset(this.#offset, minOffset(reached, this.log.logEndOffset))
          : this.log.logEndOffset;
        this.onMoved();
      } while (!this.#closed && (this.#isCut || this.#isSyncDue()));
    } catch (error) {
      if (!this.#closed) this.onFailed(error);
    } finally {
      this.#syncing = undefined;
    }
  }
}
