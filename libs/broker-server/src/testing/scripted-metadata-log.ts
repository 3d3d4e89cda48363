import {
  createDelta,
  emptyImage,
  encodeMetadataRecord,
  type MetadataImage,
  type MetadataRecord,
} from '@milena/metadata';
import { addOffset, failure, offset, timestampMs, ZERO_OFFSET, type Offset } from '@milena/model';
import type { Timers } from '@milena/platform';
import type { CommittedBatch, MetadataLog, MetadataLogListener } from '@milena/raft-driver';

const EPOCH = 1;

interface Subscriber {
  readonly listener: MetadataLogListener;
  readonly isAlive: () => boolean;
  next: number;
  isHeld: boolean;
}

/** A metadata log whose records a spec writes: what is appended is committed at once and delivered a moment later. */
export class ScriptedMetadataLog {
  readonly #batches: CommittedBatch[] = [];
  readonly #subscribers = new Map<number, Subscriber>();
  #endOffset: Offset = ZERO_OFFSET;
  #image = emptyImage;

  constructor(private readonly timers: Timers) {}

  /** The image with everything that was appended. */
  get image(): MetadataImage {
    return this.#image;
  }

  append(records: readonly MetadataRecord[]): { readonly baseOffset: Offset; readonly lastOffset: Offset } {
    const baseOffset = this.#endOffset;
    const lastOffset = addOffset(baseOffset, records.length - 1);
    const delta = createDelta(this.#image);
    for (const [index, record] of records.entries()) delta.replay(record, addOffset(baseOffset, index), EPOCH);
    this.#image = delta.apply();
    this.#endOffset = addOffset(lastOffset, 1);
    const values = records.map((record) => encodeMetadataRecord(record));
    this.#batches.push({ baseOffset, lastOffset, epoch: EPOCH, timestamp: timestampMs(0), records: values });
    this.#deliverSoon();
    return { baseOffset, lastOffset };
  }

  /** While held, a node learns nothing new. */
  hold(nodeId: number, isHeld: boolean): void {
    const subscriber = this.#subscribers.get(nodeId);
    if (subscriber !== undefined) subscriber.isHeld = isHeld;
    this.#deliverSoon();
  }

  /** The log as one node sees it. `isAlive` ends deliveries when the node is gone. */
  view(nodeId: number, isAlive: () => boolean): MetadataLog {
    return {
      nodeId,
      leader: () => ({ leaderId: 101, epoch: EPOCH }),
      highWatermark: () => this.#endOffset,
      logEndOffset: () => this.#endOffset,
      append: () => failure('NOT_CONTROLLER', 'a broker only observes'),
      kraftVersion: () => 1,
      upgradeKraftVersion: () => failure('NOT_CONTROLLER', 'a broker only observes'),
      resign() {
        // A broker only observes.
      },
      createSnapshot: () => Promise.resolve(failure('OPERATION_NOT_ATTEMPTED', 'the script keeps no snapshots')),
      describe: () => ({
        leaderId: 101,
        leaderEpoch: EPOCH,
        highWatermark: offset(0),
        voters: [],
        observers: [],
      }),
      subscribe: (listener) => {
        this.#subscribers.set(nodeId, { listener, isAlive, next: 0, isHeld: false });
        this.#deliverSoon();
      },
    };
  }

  #deliverSoon(): void {
    this.timers.after(1, () => {
      for (const subscriber of [...this.#subscribers.values()]) {
        while (subscriber.isAlive() && !subscriber.isHeld) {
          const batch = this.#batches[subscriber.next];
          if (batch === undefined) break;
          subscriber.next += 1;
          subscriber.listener.onCommitted(batch);
        }
      }
    });
  }
}
