import { MalformedInput } from '@milena/bytes';
import type { DiskFile } from '@milena/platform';
import { BATCH_HEADER_BYTES, readBatchHeader, type BatchHeader } from '@milena/record-batch';

/** A batch's header and where the batch begins in its file. */
export interface ScannedBatch {
  readonly header: BatchHeader;
  readonly position: number;
}

const CHUNK_BYTES_MIN = 4 * 1024;
const CHUNK_BYTES_MAX = 64 * 1024;
const NO_BYTES = Buffer.alloc(0);

/**
 * Walks the batch headers of a file between two positions. Bodies are skipped: small batches are read by the chunk, of
 * large ones only the header. Throws MalformedInput at a batch that is impossible or reaches beyond `end`.
 */
export function* scanHeaders(file: DiskFile, start: number, end: number): Generator<ScannedBatch, void, undefined> {
  let chunk = NO_BYTES;
  let chunkStart = start;
  for (let position = start; position < end;) {
    if (end - position < BATCH_HEADER_BYTES) throw new MalformedInput(`batch header at ${position} is cut off`);
    if (position + BATCH_HEADER_BYTES > chunkStart + chunk.length) {
      const wanted = chunk.length === 0 ? CHUNK_BYTES_MIN : CHUNK_BYTES_MAX;
      chunk = Buffer.allocUnsafe(Math.min(wanted, end - position));
      chunkStart = position;
      const count = file.pread(chunk, position);
      if (count < BATCH_HEADER_BYTES) throw new MalformedInput(`file ends inside the batch at ${position}`);
      chunk = chunk.subarray(0, count);
    }
    const header = readBatchHeader(chunk, position - chunkStart);
    if (position + header.sizeInBytes > end) throw new MalformedInput(`batch at ${position} is cut off`);
    yield { header, position };
    position += header.sizeInBytes;
  }
}
