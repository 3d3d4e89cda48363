import { historyRecord, metadataHistory, type HistoryRecord } from '@milena/metadata-follower';
import { storedBatches, storedFiles, type StoredFile } from '@milena/raft-driver';
import type { Disk, Platform } from '@milena/platform';
import type { OutputFormat } from '../output/printer';
import { logFailure, printRecord } from './metadata-records';
import { storagePlatform } from './storage-platform';

/** How often a log that is followed is looked at. */
const LOOK_MS = 200;

/** What to print. */
export interface TailOptions {
  /** How many of the last records. */
  readonly lines: number;
  readonly follow?: true;
  readonly output: OutputFormat;
}

/** `milena metadata tail [path]`: the last records, and with `--follow` those that come, until somebody stops it. */
export async function tailMetadata(path: string, { lines, follow, output }: TailOptions): Promise<void> {
  const { disk, timers } = storagePlatform();
  try {
    const last: HistoryRecord[] = [];
    let next = 0;
    for (const record of metadataHistory(disk, path)) {
      if (record.snapshot === undefined) next = record.offset + 1;
      last.push(record);
      if (last.length > lines) last.shift();
    }
    for (const record of last) await printRecord(record, output);
    if (follow === true) await followLog({ disk, timers }, { path, next, output });
  } catch (cause) {
    throw logFailure(cause);
  }
}

async function followLog(
  { disk, timers }: { readonly disk: Disk; readonly timers: Platform['timers'] },
  { path, next: first, output }: { readonly path: string; readonly next: number; readonly output: OutputFormat },
): Promise<never> {
  let next = first;
  let place: { readonly file: StoredFile; position: number } | undefined;
  for (;;) {
    const segments = storedFiles(disk, path).filter(({ snapshot }) => snapshot === undefined);
    // A segment holds the offsets from its name to that of the next one: only the last that begins at or below is of use. A
    // log that was cleaned or replaced by a snapshot goes on at its first.
    const file = segments.findLast(({ offset }) => offset <= next) ?? segments[0];
    if (file !== undefined) {
      if (place?.file.path !== file.path) place = { file, position: 0 };
      for (const { records, position } of storedBatches(disk, file, next, place.position)) {
        place.position = position;
        for (const stored of records) {
          if (stored.offset < next) continue;
          next = stored.offset + 1;
          await printRecord(historyRecord(stored), output);
        }
      }
    }
    await new Promise<void>((resolve) => timers.after(LOOK_MS, resolve));
  }
}
