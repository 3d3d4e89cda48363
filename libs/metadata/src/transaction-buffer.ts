import { invariant } from '@milena/model';
import { TRANSACTION_RECORDS_MAX } from './metadata-delta';
import type { MetadataRecord } from './metadata-record';

/** What the buffer must know of a committed batch: its records, decoded. */
export interface TransactionalBatch {
  readonly records: readonly MetadataRecord[];
}

const NO_OP: MetadataRecord = { type: 'NoOpRecord' };

/**
 * Keeps the records of an unfinished metadata transaction (KIP-868) from whoever only follows the log: brokers, gateway,
 * shim, snapshots. Committed batches go in, in log order; out come those whose records may be applied, all together.
 *
 * - Outside of a transaction a batch comes out at once.
 * - A BeginTransactionRecord is the first record of its batch. From there on nothing comes out.
 * - An EndTransactionRecord is the last of its batch. With it everything comes out, to be applied in one step.
 * - An AbortTransactionRecord is the last of its batch. The transaction's records are dropped; what comes out is that
 *   batch with records that do nothing, so that the offset moves on.
 * - Markers come out as NoOpRecords. Transactions are never nested: InvariantViolation.
 *
 * Controllers need no buffer, because the active one decides on what it has written: they replay everything as it comes,
 * their image knows the `openTransaction`, and its `settled` image is what may be shown, digested and stored. A
 * controller that becomes active and finds a transaction open aborts it before anything else: its writer is gone. A
 * snapshot never ends inside a transaction, so that loading one finds the buffer settled: `clear` it then.
 */
export class TransactionBuffer<Batch extends TransactionalBatch> {
  #held: Batch[] = [];
  #heldRecords = 0;

  /** Whether a transaction is open. */
  get isOpen(): boolean {
    return this.#held.length > 0;
  }

  /** Takes the next committed batch; returns what may be applied now, in log order, in one step. */
  take(batch: Batch): readonly Batch[] {
    const { begins, ends } = this.#markers(batch);
    invariant(begins ? !this.isOpen : ends === undefined || this.isOpen, 'a transaction begins, then ends', {
      begins,
      ends,
      isOpen: this.isOpen,
    });
    if (!begins && !this.isOpen) return [batch];
    this.#held.push(batch);
    this.#heldRecords += batch.records.length;
    invariant(this.#heldRecords <= TRANSACTION_RECORDS_MAX, 'a transaction is too large', {
      max: TRANSACTION_RECORDS_MAX,
    });
    if (ends === undefined) return [];
    const held = this.#held;
    this.clear();
    if (ends === 'AbortTransactionRecord') return [{ ...batch, records: batch.records.map(() => NO_OP) }];
    return held.map((each) => ({
      ...each,
      records: each.records.map((record) => (isMarker(record) ? NO_OP : record)),
    }));
  }

  /** Forgets an open transaction: a snapshot took the place of everything so far. */
  clear(): void {
    this.#held = [];
    this.#heldRecords = 0;
  }

  #markers({ records }: Batch): {
    begins: boolean;
    ends: 'EndTransactionRecord' | 'AbortTransactionRecord' | undefined;
  } {
    records.forEach((record, index) => {
      if (!isMarker(record)) return;
      const place = record.type === 'BeginTransactionRecord' ? 0 : records.length - 1;
      invariant(index === place, 'a transaction begins and ends with a batch', { ...record, index });
    });
    const type = records.at(-1)?.type;
    const ends = type === 'EndTransactionRecord' || type === 'AbortTransactionRecord' ? type : undefined;
    return { begins: records[0]?.type === 'BeginTransactionRecord', ends };
  }
}

function isMarker({ type }: MetadataRecord): boolean {
  return type === 'BeginTransactionRecord' || type === 'EndTransactionRecord' || type === 'AbortTransactionRecord';
}
