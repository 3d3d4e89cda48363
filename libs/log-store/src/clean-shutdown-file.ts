import type { Disk } from '@milena/platform';
import { parentFolder, readTextFile, replaceFile } from './small-file';

/** Written last in an orderly stop: everything in the directory is complete (KAFKA-1096, KIP-966). */
export const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown';

/** What the marker said. */
export interface CleanShutdown {
  /** Broker epoch at the stop, for the next registration; undefined when the marker does not say. */
  readonly brokerEpoch: number | undefined;
}

/** Reads the marker and removes it durably, so that a crash from now on is seen as one. Undefined when there was none. */
export async function takeCleanShutdown(disk: Disk, path: string): Promise<CleanShutdown | undefined> {
  const text = readTextFile(disk, path);
  if (text === undefined) return undefined;
  disk.removeFile(path);
  await disk.fsyncDirectory(parentFolder(path));
  return { brokerEpoch: brokerEpochIn(text) };
}

function brokerEpochIn(text: string): number | undefined {
  const match = /"brokerEpoch"\s*:\s*(\d{1,16})/.exec(text);
  const epoch = Number(match?.[1]);
  return match !== null && Number.isSafeInteger(epoch) ? epoch : undefined;
}

/** Writes the marker durably. */
export async function writeCleanShutdown(disk: Disk, path: string, brokerEpoch: number | undefined): Promise<void> {
  await replaceFile(disk, path, JSON.stringify({ version: 0, brokerEpoch: brokerEpoch ?? -1 }));
}
