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
import type { OutputFormat } from '../output/printer';

/** No batch of a metadata log is larger. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;

/** What to print. */
export interface DumpOptions {
  /** First offset. */
  readonly from: number;
  readonly output: OutputFormat;
}

/** `milena metadata dump <folder>`. */
export function dumpMetadata(folder: string, options: DumpOptions): void {
  for (const text of metadataLines(folder, options)) process.stdout.write(text);
}

/** Every record from `from` on, one line each, read without touching the log. */
export function* metadataLines(folder: string, { from, output }: DumpOptions): Generator<string> {
  for (const path of segments(folder)) {
    for (const { header, bytes } of batchesOfFile(path)) {
      if (header.lastOffset < from) continue;
      if (!verifyCrc(bytes))
        throw new CommandFailure(1, `${path}: the batch at offset ${header.baseOffset} fails its CRC`);
      for (const record of decodeRecords(bytes)) {
        if (record.offset >= from) yield line(header, record, output);
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

function line(header: BatchHeader, record: LogRecord, output: OutputFormat): string {
  const { type, ...fields } = content(header, record);
  const traceparent = record.headers.find(({ key }) => key === 'traceparent')?.value?.toString('latin1');
  const place = { offset: record.offset, epoch: header.partitionLeaderEpoch, timestamp: record.timestamp };
  if (output === 'json') {
    return `${JSON.stringify({ ...place, type, ...fields, ...(traceparent === undefined ? {} : { traceparent }) })}\n`;
  }
  const time = new Date(record.timestamp).toISOString();
  return `${String(place.offset).padStart(8)}  ${String(place.epoch).padStart(4)}  ${time}  ${type} ${JSON.stringify(fields)}\n`;
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
