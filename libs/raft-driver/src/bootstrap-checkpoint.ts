import { replaceFile } from '@milena/log-store';
import { MalformedInput } from '@milena/bytes';
import { type Offset, type TimestampMs, ZERO_OFFSET } from '@milena/model';
import type { Disk } from '@milena/platform';
import {
  batchesOf,
  type ControlRecord,
  decodeControlRecord,
  decodeRecords,
  encodeBatch,
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
  /** Values of the metadata records a new cluster starts with (KIP-1170); absent when format named none. */
  readonly records?: readonly Buffer[];
}

/** A checkpoint that cannot be used: the node must not start, because it would not know who may vote. */
export class UnusableBootstrapCheckpoint extends Error {
  override readonly name = 'UnusableBootstrapCheckpoint';
}

/**
 * The file's bytes: a control batch with snapshot header, KRaft version and voters, a data batch when there are metadata
 * records, and a control batch with the snapshot footer.
 */
export function encodeBootstrapCheckpoint(checkpoint: BootstrapCheckpoint, timestamp: TimestampMs): Buffer {
  const head: readonly ControlRecord[] = [
    { type: 'snapshot-header', lastContainedLogTimestamp: 0 as TimestampMs },
    { type: 'kraft-version', kraftVersion: checkpoint.kraftVersion },
    { type: 'voters', voters: checkpoint.voters },
  ];
  const common = { partitionLeaderEpoch: 0, timestamp };
  const batches = [encodeControlBatch({ ...common, baseOffset: ZERO_OFFSET, records: head })];
  if (checkpoint.records !== undefined && checkpoint.records.length > 0) {
    const records = checkpoint.records.map((value) => ({ value }));
    batches.push(encodeBatch({ ...common, baseOffset: endOf(batches), records }));
  }
  batches.push(encodeControlBatch({ ...common, baseOffset: endOf(batches), records: [{ type: 'snapshot-footer' }] }));
  return Buffer.concat(batches);
}

function endOf(batches: readonly Buffer[]): Offset {
  const [last] = batchesOf(batches.at(-1) ?? Buffer.alloc(0));
  return last?.header.nextOffset ?? ZERO_OFFSET;
}

/**
 * Reads the file's bytes. UnusableBootstrapCheckpoint when it is damaged, incomplete or lacks KRaft version or voters.
 */
export function decodeBootstrapCheckpoint(content: Buffer): BootstrapCheckpoint {
  try {
    const { control, records } = contentOf(content);
    const kraftVersion = control.find((record) => record.type === 'kraft-version');
    const voters = control.find((record) => record.type === 'voters');
    if (control[0]?.type !== 'snapshot-header' || control.at(-1)?.type !== 'snapshot-footer') {
      throw new UnusableBootstrapCheckpoint('the bootstrap checkpoint has no header or no footer');
    }
    if (kraftVersion === undefined || voters === undefined) {
      throw new UnusableBootstrapCheckpoint('the bootstrap checkpoint names no voters');
    }
    const found = { kraftVersion: kraftVersion.kraftVersion, voters: voters.voters };
    return records.length === 0 ? found : { ...found, records };
  } catch (cause) {
    if (!(cause instanceof MalformedInput)) throw cause;
    throw new UnusableBootstrapCheckpoint(`the bootstrap checkpoint is damaged: ${cause.message}`, { cause });
  }
}

function contentOf(content: Buffer): {
  readonly control: readonly ControlRecord[];
  readonly records: readonly Buffer[];
} {
  const control: ControlRecord[] = [];
  const records: Buffer[] = [];
  for (const { header, bytes } of batchesOf(content)) {
    if (!verifyCrc(bytes)) throw new MalformedInput('a batch fails its CRC');
    for (const record of decodeRecords(bytes)) {
      if (!header.isControl) {
        records.push(record.value ?? Buffer.alloc(0));
        continue;
      }
      const decoded = decodeControlRecord(record);
      if (decoded.type !== 'unknown') control.push(decoded);
    }
  }
  return { control, records };
}

/**
 * Reads the checkpoint in the metadata log's folder; undefined when the node was formatted without voters.
 * UnusableBootstrapCheckpoint names the file.
 */
export function readBootstrapCheckpoint(disk: Disk, folder: string): BootstrapCheckpoint | undefined {
  const path = `${folder}/${BOOTSTRAP_CHECKPOINT_FILE}`;
  try {
    const content = readWholeFile(disk, path, MAX_BYTES);
    return content === undefined ? undefined : decodeBootstrapCheckpoint(content);
  } catch (cause) {
    if (!(cause instanceof UnusableBootstrapCheckpoint || cause instanceof MalformedInput)) throw cause;
    throw new UnusableBootstrapCheckpoint(`${path} cannot be used: ${cause.message}`, { cause });
  }
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
