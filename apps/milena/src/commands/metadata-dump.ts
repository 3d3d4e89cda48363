import { metadataHistory } from '@milena/metadata-follower';
import type { OutputFormat } from '../output/printer';
import { logFailure, printRecord } from './metadata-records';
import { storagePlatform } from './storage-platform';

/** What to print. */
export interface DumpOptions {
  /** First offset. */
  readonly from: number;
  readonly output: OutputFormat;
}

/** `milena metadata dump [path]`: every record of a log folder, a segment or a snapshot, read without touching it. */
export async function dumpMetadata(path: string, { from, output }: DumpOptions): Promise<void> {
  try {
    for (const record of metadataHistory(storagePlatform().disk, path, from)) await printRecord(record, output);
  } catch (cause) {
    throw logFailure(cause);
  }
}
