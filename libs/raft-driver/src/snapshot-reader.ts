import { MalformedInput } from '@milena/bytes';
import type { OffsetAndEpoch, TimestampMs } from '@milena/model';
import type { Disk, DiskFile } from '@milena/platform';
import {
  BATCH_HEADER_BYTES,
  type BatchView,
  type ControlRecord,
  decodeControlRecord,
  decodeRecords,
  readBatchHeader,
  type UnknownControlRecord,
  verifyCrc,
  type VoterEntry,
} from '@milena/record-batch';
import { UnusableSnapshot } from './unusable-snapshot';

/** What is read at once; batches that are longer are read whole. */
const WINDOW_BYTES = 1024 * 1024;

/** What a snapshot says of itself in its first batch. */
export interface SnapshotHead {
  /** When the last record it stands for was appended to the log. */
  readonly timestamp: TimestampMs;
  /** The quorum's own state; undefined when kraft.version is 0. */
  readonly quorum: { readonly kraftVersion: number; readonly voters: readonly VoterEntry[] } | undefined;
}

/**
 * The batches of a snapshot in Kafka's format, from the header's to the footer's, each checked: CRC, offsets from 0 without
 * a gap, the snapshot's epoch (which no CRC covers), header first, footer last. A batch is good until the next is asked for. Throws UnusableSnapshot.
 */
export function* snapshotBatches(
  disk: Disk,
  path: string,
  { epoch }: Pick<OffsetAndEpoch, 'epoch'>,
): Generator<BatchView, void, undefined> {
  const file = disk.open(path, { readOnly: true });
  try {
    let expected = 0;
    let isEnded = false;
    for (const view of storedBatches(file)) {
      const { header, bytes } = view;
      if (!verifyCrc(bytes)) throw new MalformedInput(`the batch at offset ${header.baseOffset} fails its CRC`);
      if (header.baseOffset !== expected || isEnded) throw new MalformedInput('its batches do not follow one another');
      if (header.partitionLeaderEpoch !== epoch) {
        throw new MalformedInput(`the batch at offset ${header.baseOffset} is of epoch ${header.partitionLeaderEpoch}`);
      }
      if (expected === 0) headOf(view);
      expected = header.nextOffset;
      isEnded = header.isControl && hasFooter(bytes);
      yield view;
    }
    if (!isEnded) throw new MalformedInput('it has no footer');
  } catch (cause) {
    if (!(cause instanceof MalformedInput)) throw cause;
    throw new UnusableSnapshot(path, cause.message, { cause });
  } finally {
    file.close();
  }
}

/** Reads the first batch only. Throws UnusableSnapshot. */
export function readSnapshotHead(disk: Disk, path: string, id: OffsetAndEpoch): SnapshotHead {
  for (const view of snapshotBatches(disk, path, id)) return headOf(view);
  throw new UnusableSnapshot(path, 'it is empty');
}

function* storedBatches(file: DiskFile): Generator<BatchView, void, undefined> {
  const size = file.size();
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  for (let position = 0; position < size;) {
    window = grow(file, window, { start, position, count: BATCH_HEADER_BYTES });
    start = position;
    const header = readBatchHeader(window);
    if (position + header.sizeInBytes > size) throw new MalformedInput(`it is cut off in the batch at ${position}`);
    window = grow(file, window, { start, position, count: header.sizeInBytes });
    yield { header, bytes: window.subarray(0, header.sizeInBytes) };
    position += header.sizeInBytes;
  }
}

/** What follows `position`, at least `count` bytes of it where the file has them; `window` began at `start`. */
function grow(
  file: DiskFile,
  window: Buffer,
  { start, position, count }: { readonly start: number; readonly position: number; readonly count: number },
): Buffer {
  const rest = window.subarray(Math.min(position - start, window.length));
  if (rest.length >= count) return rest;
  const fresh = Buffer.allocUnsafe(Math.min(file.size() - position, Math.max(count, WINDOW_BYTES)));
  return fresh.subarray(0, file.pread(fresh, position));
}

function headOf({ header, bytes }: BatchView): SnapshotHead {
  const records = header.isControl ? controlRecordsOf(bytes) : [];
  const [first] = records;
  if (first?.type !== 'snapshot-header') throw new MalformedInput('it has no header');
  const kraftVersion = records.find((record) => record.type === 'kraft-version')?.kraftVersion ?? 0;
  const voters = records.find((record) => record.type === 'voters')?.voters;
  const quorum = kraftVersion === 0 || voters === undefined ? undefined : { kraftVersion, voters };
  return { timestamp: first.lastContainedLogTimestamp, quorum };
}

function hasFooter(bytes: Buffer): boolean {
  return controlRecordsOf(bytes).at(-1)?.type === 'snapshot-footer';
}

function controlRecordsOf(bytes: Buffer): readonly (ControlRecord | UnknownControlRecord)[] {
  return decodeRecords(bytes).map(decodeControlRecord);
}
