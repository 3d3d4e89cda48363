import { UnsupportedMetadataRecord } from '@milena/metadata';
import { UnreadableMetadataLog } from '@milena/raft-driver';
import type { HistoryRecord } from '@milena/metadata-follower';
import { CommandFailure } from '../command-failure';
import { dataText, type OutputFormat } from '../output/printer';

/** Runs `read`, whose failures of the log end the command: 3 when there is none, 1 when it is damaged. */
export function readingLog<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw logFailure(cause);
  }
}

/** The CommandFailure of a metadata log that cannot be read, or not by this version; anything else as it is. */
export function logFailure(cause: unknown): unknown {
  if (cause instanceof UnsupportedMetadataRecord) return new CommandFailure(1, cause.message, { cause });
  if (!(cause instanceof UnreadableMetadataLog)) return cause;
  return new CommandFailure(cause.reason === 'missing' ? 3 : 1, cause.message, { cause });
}

/** Prints one record: a line of text, or of JSON for `json` too, because a log may be long. */
export async function printRecord(record: HistoryRecord, output: OutputFormat, mark = ''): Promise<void> {
  process.stdout.write(output === 'table' ? `${mark}${recordLine(record)}` : await recordText(record, output));
}

function recordLine({ offset, epoch, timestamp, type, fields, snapshot }: HistoryRecord): string {
  const time = new Date(timestamp).toISOString();
  const place = snapshot === undefined ? '' : `  snapshot ${snapshot}`;
  return `${String(offset).padStart(8)}  ${String(epoch).padStart(4)}  ${time}  ${type} ${JSON.stringify(fields)}${place}\n`;
}

function recordText(record: HistoryRecord, output: Exclude<OutputFormat, 'table'>): Promise<string> {
  return dataText(output === 'yaml' ? 'yaml' : 'ndjson', [recordData(record)]);
}

/** A record as data: where it stands, its own fields, and what caused it. */
export function recordData(record: HistoryRecord): Readonly<Record<string, unknown>> {
  const { offset, epoch, timestamp, type, fields, traceparent, snapshot } = record;
  return {
    offset,
    epoch,
    timestamp,
    type,
    ...fields,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}
