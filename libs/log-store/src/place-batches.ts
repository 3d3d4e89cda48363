import { MalformedInput } from '@milena/bytes';
import {
  failure,
  NO_PRODUCER_ID,
  NO_TIMESTAMP,
  success,
  type Offset,
  type Result,
  type TimestampMs,
} from '@milena/model';
import {
  batchesOf,
  readBatchHeader,
  stampBatch,
  stampLogAppendTime,
  verifyCrc,
  type BatchHeader,
} from '@milena/record-batch';
import type { ProducerState, ProducerVerdict } from '@milena/replication';
import type { LogConfig } from './log-config';

/** Batches that may be written: their bytes and headers with final offsets. */
export interface PlacedBatches {
  readonly kind: 'append';
  readonly bytes: Buffer;
  readonly headers: readonly BatchHeader[];
  /** -1 unless the leader stamped its time. */
  readonly appendTimestamp: TimestampMs;
}

type DuplicateBatch = Extract<ProducerVerdict, { kind: 'duplicate' }>;

/** What placing a leader's batches depends on. */
export interface LeaderPlacement {
  readonly logEndOffset: Offset;
  readonly leaderEpoch: number;
  readonly config: LogConfig;
  readonly producers: ProducerState;
  readonly now: TimestampMs;
}

/** Runs a decoder on bytes from outside; damage becomes CORRUPT_MESSAGE. */
function guarded<T>(decode: () => Result<T>): Result<T> {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedInput) return failure('CORRUPT_MESSAGE', error.message);
    throw error;
  }
}

/** Gives a leader's batches their offsets and epoch, in place, unless their producers have something against it. */
export function placeLeaderBatches(
  batches: Buffer,
  placement: LeaderPlacement,
): Result<PlacedBatches | DuplicateBatch> {
  return guarded<PlacedBatches | DuplicateBatch>(() => {
    const views = [...batchesOf(batches)];
    if (views.length === 0) return failure('INVALID_RECORD', 'nothing to append');
    for (const { header } of views) {
      if (header.sizeInBytes > placement.config.segmentBytes) {
        return failure('RECORD_LIST_TOO_LARGE', `batch of ${header.sizeInBytes} bytes does not fit into a segment`);
      }
      if (header.producerId === NO_PRODUCER_ID) continue;
      if (views.length > 1) return failure('INVALID_RECORD', 'an idempotent batch must be appended alone');
      const verdict = placement.producers.check(header);
      if (!verdict.ok) return verdict;
      if (verdict.value.kind === 'duplicate') return success(verdict.value);
    }
    const stampsTime = placement.config.timestampType === 'LogAppendTime';
    let baseOffset = placement.logEndOffset;
    const headers = views.map(({ bytes }) => {
      stampBatch(bytes, { baseOffset, partitionLeaderEpoch: placement.leaderEpoch });
      if (stampsTime) stampLogAppendTime(bytes, placement.now);
      const header = readBatchHeader(bytes);
      baseOffset = header.nextOffset;
      return header;
    });
    const appendTimestamp = stampsTime ? placement.now : NO_TIMESTAMP;
    return success({ kind: 'append' as const, bytes: batches, headers, appendTimestamp });
  });
}

/** Checks batches that another replica made: whole, intact, offsets rising. */
export function placeFollowerBatches(batches: Buffer): Result<PlacedBatches> {
  return guarded(() => {
    const headers: BatchHeader[] = [];
    for (const { header, bytes } of batchesOf(batches)) {
      if (!verifyCrc(bytes)) return failure('CORRUPT_MESSAGE', `batch at ${header.baseOffset} fails its CRC`);
      const previous = headers.at(-1);
      if (previous !== undefined && header.baseOffset < previous.nextOffset) {
        return failure('OFFSET_OUT_OF_RANGE', `batch at ${header.baseOffset} follows ${previous.lastOffset}`);
      }
      headers.push(header);
    }
    if (headers.length === 0) return failure('INVALID_RECORD', 'nothing to append');
    return success({ kind: 'append' as const, bytes: batches, headers, appendTimestamp: NO_TIMESTAMP });
  });
}
