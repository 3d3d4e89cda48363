import {
  createDelta,
  createSnapshotDelta,
  decodeMetadataRecord,
  emptyImage,
  type MetadataDelta,
  type MetadataImage,
  type MetadataRecord,
  UnsupportedMetadataRecord,
} from '@milena/metadata';
import { addOffset, type TimestampMs } from '@milena/model';
import type { Disk } from '@milena/platform';
import { storedRecords, type StoredRecord } from '@milena/raft-driver';

/** One record of a metadata log as people read it. */
export interface HistoryRecord {
  readonly offset: number;
  /** First offset of its batch: the records of one batch were written together. */
  readonly batchOffset: number;
  readonly epoch: number;
  readonly timestamp: number;
  readonly type: string;
  /** What the record says, by its own fields' names. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The metadata record itself; absent for a record of the quorum or of a type this program does not know. */
  readonly record?: MetadataRecord;
  /** The trace that caused it. */
  readonly traceparent?: string;
  /** The snapshot that holds it, `end offset-epoch`; its offset then counts inside the file. */
  readonly snapshot?: string;
}

/** The records of a metadata log on disk from offset `from` on; see storedRecords for where and which. */
export function* metadataHistory(disk: Disk, path: string, from = 0): Generator<HistoryRecord> {
  for (const stored of storedRecords(disk, path, from)) yield historyRecord(stored);
}

/** A record with its content decoded. */
export function historyRecord(stored: StoredRecord): HistoryRecord {
  const { offset: at, batchOffset, epoch, timestamp, traceparent, snapshot } = stored;
  const { record, said } = content(stored);
  const { type, ...fields } = said;
  return {
    offset: at,
    batchOffset,
    epoch,
    timestamp,
    type,
    fields,
    ...(record === undefined ? {} : { record }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(snapshot === undefined ? {} : { snapshot: `${snapshot.offset}-${snapshot.epoch}` }),
  };
}

function content({ content: stored }: StoredRecord): { record?: MetadataRecord; said: { readonly type: string } } {
  if (!Buffer.isBuffer(stored)) return { said: stored };
  try {
    const record = decodeMetadataRecord(stored);
    return { record, said: record };
  } catch (error) {
    if (!(error instanceof UnsupportedMetadataRecord)) throw error;
    const { typeId, version } = error;
    return { said: { type: 'unsupported', ...{ typeId, version } } };
  }
}

/** The metadata at one moment of its history. */
export interface MetadataMoment {
  readonly image: MetadataImage;
  /** When the last batch it holds was written; undefined when it holds none. */
  readonly timestamp: TimestampMs | undefined;
}

/** Up to where a history is replayed: an offset, itself included, or a point in time, milliseconds since 1970 UTC. */
export type HistoryPoint = { readonly offset: number } | { readonly timestamp: number };

/**
 * The metadata as it was at a point, by replaying the log; whole batches only, so that what was written together is there
 * together. Throws UnreadableMetadataLog and UnsupportedMetadataRecord; RangeError when the log was cleaned beyond the point.
 */
export function metadataAt(disk: Disk, path: string, point: HistoryPoint): MetadataMoment {
  let delta: MetadataDelta | undefined;
  let timestamp: TimestampMs | undefined;
  for (const stored of storedRecords(disk, path)) {
    if (stored.snapshot === undefined ? isBeyond(stored, point) : isCleaned(stored, point)) {
      if (stored.snapshot === undefined) break;
      throw new RangeError(
        `the log was cleaned: it begins with a snapshot of what was before offset ${stored.snapshot.offset}`,
      );
    }
    delta ??= deltaFrom(stored);
    if (Buffer.isBuffer(stored.content)) {
      const record = decodeMetadataRecord(stored.content);
      if (stored.snapshot === undefined) delta.replay(record, stored.offset, stored.epoch);
      else delta.load(record);
    }
    timestamp = stored.timestamp;
  }
  return { image: (delta ?? createDelta(emptyImage)).apply().settled, timestamp };
}

/** What a history that begins with this record is replayed into: a cleaned log begins with a whole snapshot. */
function deltaFrom({ snapshot }: StoredRecord): MetadataDelta {
  if (snapshot === undefined) return createDelta(emptyImage);
  return createSnapshotDelta(emptyImage, { offset: addOffset(snapshot.offset, -1), epoch: snapshot.epoch });
}

function isBeyond({ batchOffset, timestamp }: StoredRecord, point: HistoryPoint): boolean {
  return 'offset' in point ? batchOffset > point.offset : timestamp > point.timestamp;
}

/** Whether a snapshot holds more than was there at the point. */
function isCleaned({ snapshot, content: stored }: StoredRecord, point: HistoryPoint): boolean {
  if ('offset' in point) return snapshot !== undefined && snapshot.offset - 1 > point.offset;
  const isHeader = !Buffer.isBuffer(stored) && stored.type === 'snapshot-header';
  return isHeader && stored.lastContainedLogTimestamp > point.timestamp;
}
