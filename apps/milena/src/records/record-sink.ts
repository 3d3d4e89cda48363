import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { ConsumedRecord, RecordPrinter } from './record-format';

/** Where consumed records go. */
export interface RecordSink {
  /** Prints a record, no faster than its reader takes it. */
  write(record: ConsumedRecord): Promise<void>;
  /** Whether as many were written as were wanted. */
  readonly isFull: boolean;
}

/** A sink that prints to a stream and wants at most `countMax` records, none any more when nobody reads the stream. */
export function createRecordSink(output: Writable, print: RecordPrinter, countMax: number): RecordSink {
  let written = 0;
  let isBroken = false;
  output.once('error', () => (isBroken = true));
  return {
    async write(record) {
      written += 1;
      if (!output.write(print(record))) await once(output, 'drain').catch(() => (isBroken = true));
    },
    get isFull() {
      return isBroken || written >= countMax;
    },
  };
}
