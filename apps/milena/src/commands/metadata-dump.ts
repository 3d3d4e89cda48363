import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MalformedInput } from '@milena/bytes';
import { decodeMetadataRecord, UnsupportedMetadataRecord } from '@milena/metadata';
import { METADATA_PARTITION, topicPartitionName } from '@milena/model';
import {
  BATCH_HEADER_BYTES,
  decodeControlRecord,
  decodeRecords,
  readBatchHeader,
  verifyCrc,
  type BatchHeader,
  type LogRecord,
} from '@milena/record-batch';
import { CommandFailure } from '../command-failure';
import { dataText, type OutputFormat } from '../output/printer';

/** No batch of a metadata log is larger. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;

/** What to print. */
export interface DumpOptions {
  /** First offset. */
  readonly from: number;
  readonly output: OutputFormat;
}

/** One record of a metadata log: where it stands, and its fields. */
export interface DumpedRecord {
  readonly offset: number;
  readonly epoch: number;
  readonly timestamp: number;
  readonly type: string;
  /** What the record says, by its own fields' names. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The trace that caused it. */
  readonly traceparent?: string;
}

/** `milena metadata dump <folder>`: one line per record, of JSON for `json` too, because a log may be long. */
export async function dumpMetadata(folder: string, { from, output }: DumpOptions): Promise<void> {
  for (const record of metadataRecords(folder, from)) {
    process.stdout.write(output === 'table' ? line(record) : await recordText(record, output));
  }
}

/** Every record from offset `from` on, read without touching the log. */
export function* metadataRecords(folder: string, from: number): Generator<DumpedRecord> {
  for (const path of segments(folder)) {
    for (const { header, bytes } of batchesOfFile(path)) {
      if (header.lastOffset < from) continue;
      if (!verifyCrc(bytes))
        throw new CommandFailure(1, `${path}: the batch at offset ${header.baseOffset} fails its CRC`);
      for (const record of decodeRecords(bytes)) {
        if (record.offset >= from) yield dumped(header, record);
      }
    }
  }
}

function segments(folder: string): readonly string[] {
  const name = topicPartitionName(METADATA_PARTITION);
  const logFolder = basename(folder) === name ? folder : join(folder, name);
  let names: readonly string[];
  try {
    names = readdirSync(logFolder);
  } catch (cause) {
    throw new CommandFailure(3, `${logFolder}: no metadata log there`, { cause });
  }
  return names
    .filter((each) => /^\d{20}\.log$/.test(each))
    .sort()
    .map((each) => join(logFolder, each));
}

/** The batches of a segment, one in memory at a time; ends before a batch that is cut off, as a live log's last may be. */
function* batchesOfFile(path: string): Generator<{ readonly header: BatchHeader; readonly bytes: Buffer }> {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const head = Buffer.alloc(BATCH_HEADER_BYTES);
    for (let position = 0; position + BATCH_HEADER_BYTES <= size;) {
      readSync(file, head, 0, BATCH_HEADER_BYTES, position);
      const header = readBatchHeader(head, 0);
      if (header.sizeInBytes > BATCH_BYTES_MAX) throw new MalformedInput(`a batch of ${header.sizeInBytes} bytes`);
      if (position + header.sizeInBytes > size) return;
      const bytes = Buffer.alloc(header.sizeInBytes);
      readSync(file, bytes, 0, bytes.length, position);
      yield { header, bytes };
      position += header.sizeInBytes;
    }
  } catch (cause) {
    if (!(cause instanceof MalformedInput)) throw cause;
    throw new CommandFailure(1, `${path}: ${cause.message}`, { cause });
  } finally {
    closeSync(file);
  }
}

function dumped(header: BatchHeader, record: LogRecord): DumpedRecord {
  const { type, ...fields } = content(header, record);
  const traceparent = record.headers.find(({ key }) => key === 'traceparent')?.value?.toString('latin1');
  return {
    offset: record.offset,
    epoch: header.partitionLeaderEpoch,
    timestamp: record.timestamp,
    type,
    fields,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

function line({ offset, epoch, timestamp, type, fields }: DumpedRecord): string {
  const time = new Date(timestamp).toISOString();
  return `${String(offset).padStart(8)}  ${String(epoch).padStart(4)}  ${time}  ${type} ${JSON.stringify(fields)}\n`;
}

function recordText(record: DumpedRecord, output: Exclude<OutputFormat, 'table'>): Promise<string> {
  const { offset, epoch, timestamp, type, fields, traceparent } = record;
  const data = { offset, epoch, timestamp, type, ...fields, ...(traceparent === undefined ? {} : { traceparent }) };
  return dataText(output === 'yaml' ? 'yaml' : 'ndjson', [data]);
}

function content(header: BatchHeader, record: LogRecord): { readonly type: string } {
  if (header.isControl) return decodeControlRecord(record);
  try {
    return decodeMetadataRecord(record.value ?? Buffer.alloc(0));
  } catch (error) {
    if (!(error instanceof UnsupportedMetadataRecord)) throw error;
    const { typeId, version } = error;
    return { type: 'unsupported', ...{ typeId, version } };
  }
}
