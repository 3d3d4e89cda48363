import { MalformedInput } from '@milena/bytes';
import type { Offset } from '@milena/model';
import type { DiskFile } from '@milena/platform';
import { BATCH_HEADER_BYTES, readBatchHeader, verifyCrc, type BatchHeader } from '@milena/record-batch';
import type { ScannedBatch } from './batch-scan';

const WINDOW_BYTES = 1024 * 1024;

/** Bytes of a file by position, read in large windows; a view is good until the next call. */
class FileWindow {
  #window = Buffer.alloc(0);
  #start = 0;

  constructor(
    private readonly file: DiskFile,
    private readonly size: number,
  ) {}

  bytes(position: number, count: number): Buffer {
    if (position + count > this.#start + this.#window.length) {
      const wanted = Math.min(this.size - position, Math.max(count, WINDOW_BYTES));
      if (this.#window.buffer.byteLength < wanted) this.#window = Buffer.allocUnsafeSlow(wanted);
      const whole = Buffer.from(this.#window.buffer, 0, wanted);
      this.#window = whole.subarray(0, this.file.pread(whole, position));
      this.#start = position;
    }
    return this.#window.subarray(position - this.#start, position - this.#start + count);
  }
}

function headerAt(window: FileWindow, position: number): BatchHeader | undefined {
  try {
    return readBatchHeader(window.bytes(position, BATCH_HEADER_BYTES));
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
}

/**
 * Walks the batches of a log file after an unclean stop, checking each whole: header, length, CRC, and offsets that rise
 * from `expected`. Ends at the end of the file or before the first batch that is not valid; what was yielded last tells where.
 */
export function* scanValidBatches(file: DiskFile, expected: Offset): Generator<ScannedBatch, void, undefined> {
  const size = file.size();
  const window = new FileWindow(file, size);
  let next = expected;
  for (let position = 0; position + BATCH_HEADER_BYTES <= size;) {
    const header = headerAt(window, position);
    if (header === undefined || header.baseOffset < next || position + header.sizeInBytes > size) return;
    const bytes = window.bytes(position, header.sizeInBytes);
    if (bytes.length < header.sizeInBytes || !verifyCrc(bytes)) return;
    yield { header, position };
    position += header.sizeInBytes;
    next = header.nextOffset;
  }
}
