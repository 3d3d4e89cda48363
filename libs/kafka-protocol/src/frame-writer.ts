import { ByteWriter } from '@milena/bytes';
import type { Frame } from './frame';

/** From this size on bytes are passed along as a piece of their own; below, copying is cheaper than another piece. */
const VIEW_BYTES_MIN = 4096;

interface Splice {
  /** Position in the written bytes before which the view belongs. */
  readonly position: number;
  readonly view: Buffer;
}

/** Writes a frame: values go to `out`, large byte ranges are spliced in as views when the frame is finished. */
export class FrameWriter {
  readonly out: ByteWriter;
  readonly #splices: Splice[] = [];

  constructor(capacity = 256) {
    this.out = new ByteWriter(capacity);
  }

  /** Appends bytes that must stay unchanged until the frame was sent. */
  view(bytes: Buffer): void {
    if (bytes.length < VIEW_BYTES_MIN) this.out.bytes(bytes);
    else this.#splices.push({ position: this.out.length, view: bytes });
  }

  /** The pieces in order. The writer must not be used afterwards. */
  finish(): Frame {
    const written = this.out.finish();
    const pieces: Buffer[] = [];
    let from = 0;
    for (const { position, view } of this.#splices) {
      if (position > from) pieces.push(written.subarray(from, position));
      pieces.push(view);
      from = position;
    }
    if (from < written.length) pieces.push(written.subarray(from));
    return pieces;
  }
}
