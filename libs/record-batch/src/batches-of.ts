import { MalformedInput } from '@milena/bytes';
import { readBatchHeader, type BatchHeader } from './batch-header';

/** One batch inside a larger buffer: its header and a view (no copy) of exactly its bytes. */
export interface BatchView {
  readonly header: BatchHeader;
  readonly bytes: Buffer;
}

/**
 * Iterates the batches of a buffer that must hold whole batches only. Throws MalformedInput at the first batch that is
 * cut off or impossible; CRCs are not verified.
 */
export function* batchesOf(buffer: Buffer): Generator<BatchView, void, undefined> {
  for (let position = 0; position < buffer.length;) {
    const header = readBatchHeader(buffer, position);
    const end = position + header.sizeInBytes;
    if (end > buffer.length) {
      throw new MalformedInput(`batch at position ${position} needs ${header.sizeInBytes} bytes, is cut off`);
    }
    yield { header, bytes: buffer.subarray(position, end) };
    position = end;
  }
}
