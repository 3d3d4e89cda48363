import { MalformedInput } from '@milena/bytes';
import type { KeyedBytes } from '@milena/coordinator';
import type { PartitionLog } from '@milena/log-store';
import { failure, success, type Offset, type Result } from '@milena/model';
import { batchesOf, CompressedBatch, decodeRecords, type BatchView, type LogRecord } from '@milena/record-batch';
import { onDisk } from '../on-disk';

/** Bytes read from the log at a time. */
const CHUNK_BYTES = 256 * 1024;

/** Records of some whole batches, in order. */
export interface RecordChunk {
  readonly records: readonly KeyedBytes[];
  /** Where to go on; where the chunk was to begin when there was nothing. */
  readonly nextOffset: Offset;
  /** Leader epoch of the last batch; -1 when there was none. */
  readonly lastEpoch: number;
}

/**
 * Reads the next records of a log, up to an offset that is the end of a batch. Control records and records without a key
 * mean nothing here. Failures: KAFKA_STORAGE_ERROR, CORRUPT_MESSAGE, UNSUPPORTED_COMPRESSION_TYPE.
 */
export function readRecordChunk(
  log: PartitionLog,
  range: { readonly from: Offset; readonly upTo: Offset },
): Result<RecordChunk> {
  const from = range.from < log.logStartOffset ? log.logStartOffset : range.from;
  const read = onDisk(() => log.read({ from, upTo: range.upTo, maxBytes: CHUNK_BYTES, minOneBatch: true }));
  if (!read.ok) return read;
  const records: KeyedBytes[] = [];
  let lastEpoch = -1;
  for (const batch of batchesOf(read.value.records)) {
    lastEpoch = batch.header.partitionLeaderEpoch;
    if (batch.header.isControl) continue;
    const decoded = recordsOf(batch);
    if (!decoded.ok) return decoded;
    for (const { offset, key, value } of decoded.value) {
      if (offset >= from && key !== null) records.push({ key, value });
    }
  }
  return success({ records, nextOffset: read.value.nextOffset, lastEpoch });
}

function recordsOf({ bytes }: BatchView): Result<readonly LogRecord[]> {
  try {
    return success(decodeRecords(bytes));
  } catch (error) {
    if (error instanceof CompressedBatch) return failure('UNSUPPORTED_COMPRESSION_TYPE', error.message);
    if (error instanceof MalformedInput) return failure('CORRUPT_MESSAGE', error.message);
    throw error;
  }
}
