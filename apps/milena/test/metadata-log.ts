import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { offset, timestampMs } from '@milena/model';
import { encodeBatch, encodeControlBatch } from '@milena/record-batch';

/** When a batch was written that says nothing else. */
export const WRITTEN = Date.parse('2026-11-22T07:00:00Z');

/** Where a batch stands, when it was written, and what caused it. */
export interface BatchPlace {
  readonly at: number;
  readonly time?: number;
  readonly traceparent?: string;
}

/** A batch of metadata records, in epoch 2. */
export function batch({ at, time = WRITTEN, traceparent }: BatchPlace, ...records: readonly MetadataRecord[]): Buffer {
  const headers = traceparent === undefined ? [] : [{ key: 'traceparent', value: Buffer.from(traceparent) }];
  return encodeBatch({
    ...place(at, time),
    records: records.map((record) => ({ value: encodeMetadataRecord(record), headers })),
  });
}

/** The bytes of a snapshot that holds what the log said up to `time`. */
export function snapshot(time: number, ...records: readonly MetadataRecord[]): Buffer {
  const lastContainedLogTimestamp = timestampMs(time);
  return Buffer.concat([
    encodeControlBatch({ ...place(0, time), records: [{ type: 'snapshot-header', lastContainedLogTimestamp }] }),
    batch({ at: 1, time }, ...records),
    encodeControlBatch({ ...place(1 + records.length, time), records: [{ type: 'snapshot-footer' }] }),
  ]);
}

function place(at: number, time: number) {
  return { baseOffset: offset(at), partitionLeaderEpoch: 2, timestamp: timestampMs(time) };
}

/** That a topic was made; the id is that of its name. */
export function topic(name: string): MetadataRecord {
  return { type: 'TopicRecord', name, topicId: topicId(name) };
}

/** A topic id that follows from a name of at most 21 letters and digits. */
export function topicId(name: string): string {
  return `${name.padEnd(21, '0')}A`;
}

/** A metadata log in a folder of its own under the system's temporary one. */
export class MetadataLogFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'milena-log-'));
  readonly #files = join(this.path, '__cluster_metadata-0');

  constructor() {
    mkdirSync(this.#files);
  }

  /** Appends to the segment that begins at `first`. */
  append(first: number, ...bytes: readonly Buffer[]): void {
    appendFileSync(join(this.#files, `${String(first).padStart(20, '0')}.log`), Buffer.concat(bytes));
  }

  /** Adds the snapshot of what was before `end`. */
  addSnapshot(end: number, bytes: Buffer): void {
    appendFileSync(join(this.#files, `${String(end).padStart(20, '0')}-0000000002.checkpoint`), bytes);
  }

  /** Begins anew at the snapshot of what was before `end`, as a replica does that gets one from its leader. */
  replace(end: number, bytes: Buffer): void {
    const before = readdirSync(this.#files);
    this.addSnapshot(end, bytes);
    this.append(end);
    for (const name of before) rmSync(join(this.#files, name));
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
