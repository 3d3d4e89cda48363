/** The writing side of a grpc-js call. */
export interface MessageWriter {
  write(message: Uint8Array, done: () => void): unknown;
}

/** Counts what a stream has been given and the connection has not taken yet, and refuses past a bound. */
export class SendQueue {
  #bytes = 0;

  constructor(
    readonly writer: MessageWriter,
    readonly maxBytes: number,
  ) {}

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  get overflowText(): string {
    return `more than ${this.maxBytes} bytes wait to be sent`;
  }

  /** Writes a message; false when others wait and it would exceed the bound. */
  offer(message: Uint8Array): boolean {
    const size = message.byteLength;
    if (this.#bytes > 0 && this.#bytes + size > this.maxBytes) return false;
    this.#bytes += size;
    this.writer.write(message, () => {
      this.#bytes -= size;
    });
    return true;
  }
}
