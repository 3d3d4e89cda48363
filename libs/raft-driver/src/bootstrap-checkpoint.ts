import { replaceFile } from '@milena/log-store';
import { MalformedInput } from '@milena/bytes';
import { type TimestampMs, ZERO_OFFSET } from '@milena/model';
import type { Disk } from '@milena/platform';
import {
  batchesOf,
  type ControlRecord,
  decodeControlRecord,
  decodeRecords,
  encodeControlBatch,
  verifyCrc,
  type Voters,
} from '@milena/record-batch';
import { readWholeFile } from './read-whole-file';

/**
 * Name of snapshot 0-0: what a formatted voter knows before the first record of the log (KIP-853). It is never
 * replicated; the first leader writes its content to the log.
 */
export const BOOTSTRAP_CHECKPOINT_FILE = '00000000000000000000-0000000000.checkpoint';

const MAX_BYTES = 1024 * 1024;

/** What the checkpoint says. */
export interface BootstrapCheckpoint {
  readonly kraftVersion: number;
  readonly voters: Voters['voters'];
}

/** A checkpoint that cannot be used: the node must not start, because it would not know who may vote. */
export class UnusableBootstrapCheckpoint extends Error {
  override readonly name = 'UnusableBootstrapCheckpoint';
}

/** The file's bytes: one control batch with snapshot header, KRaft version and voters, one with the snapshot footer. */
export function encodeBootstrapCheckpoint(checkpoint: BootstrapCheckpoint, timestamp: TimestampMs): Buffer {
  const head: readonly ControlRecord[] = [
    { type: 'snapshot-header', lastContainedLogTimestamp: 0 as TimestampMs },
    { type: 'kraft-version', kraftVersion: checkpoint.kraftVersion },
    { type: 'voters', voters: checkpoint.voters },
  ];
  const common = { partitionLeaderEpoch: 0, timestamp };
  const headBatch = encodeControlBatch({ ...common, baseOffset: ZERO_OFFSET, records: head });
  const [headView] = batchesOf(headBatch);
  const baseOffset = headView?.header.nextOffset ?? ZERO_OFFSET;
  return Buffer.concat([
    headBatch,
    encodeControlBatch({ ...common, baseOffset, records: [{ type: 'snapshot-footer' }] }),
  ]);
}

/**
 * Reads the file's bytes. Data batches between header and footer (bootstrap metadata records, KIP-1170) are skipped.
 * UnusableBootstrapCheckpoint when it is damaged, incomplete or lacks KRaft version or voters.
 */
export function decodeBootstrapCheckpoint(content: Buffer): BootstrapCheckpoint {
  try {
    const records = controlRecordsOf(content);
    const kraftVersion = records.find((record) => record.type === 'kraft-version');
    const voters = records.find((record) => record.type === 'voters');
    if (records[0]?.type !== 'snapshot-header' || records.at(-1)?.type !== 'snapshot-footer') {
      throw new UnusableBootstrapCheckpoint('the bootstrap checkpoint has no header or no footer');
    }
    if (kraftVersion === undefined || voters === undefined) {
      throw new UnusableBootstrapCheckpoint('the bootstrap checkpoint names no voters');
    }
    return { kraftVersion: kraftVersion.kraftVersion, voters: voters.voters };
  } catch (cause) {
    if (!(cause instanceof MalformedInput)) throw cause;
    throw new UnusableBootstrapCheckpoint(`the bootstrap checkpoint is damaged: ${cause.message}`, { cause });
  }
}

function controlRecordsOf(content: Buffer): ControlRecord[] {
  const records: ControlRecord[] = [];
  for (const { header, bytes } of batchesOf(content)) {
    if (!verifyCrc(bytes)) throw new MalformedInput('a batch fails its CRC');
    if (!header.isControl) continue;
    for (const record of decodeRecords(bytes)) {
      const control = decodeControlRecord(record);
      if (control.type !== 'unknown') records.push(control);
    }
  }
  return records;
}

/** Reads the checkpoint in the metadata log's folder; undefined when the node was formatted without voters. */
export function readBootstrapCheckpoint(disk: Disk, folder: string): BootstrapCheckpoint | undefined {
  const content = readWholeFile(disk, `${folder}/${BOOTSTRAP_CHECKPOINT_FILE}`, MAX_BYTES);
  return content === undefined ? undefined : decodeBootstrapCheckpoint(content);
}

/** Writes the checkpoint; resolves when it is durable. */
export function writeBootstrapCheckpoint(
  disk: Disk,
  folder: string,
  checkpoint: BootstrapCheckpoint,
  timestamp: TimestampMs,
): Promise<void> {
  return replaceFile(disk, `${folder}/${BOOTSTRAP_CHECKPOINT_FILE}`, encodeBootstrapCheckpoint(checkpoint, timestamp));
}
