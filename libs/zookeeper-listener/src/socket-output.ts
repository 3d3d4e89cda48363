import type { Socket } from 'node:net';

/** Sends packets in order; what is sent within one tick leaves in one write. */
export class SocketOutput {
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(
    private readonly socket: Socket,
    private readonly onSent: (bytes: number) => void,
  ) {}

  /** Bytes the client has not taken. */
  get backlogBytes(): number {
    return this.#bytes + this.socket.writableLength;
  }

  send(packet: Buffer): void {
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(packet.length);
    if (this.#pieces.length === 0) process.nextTick(() => this.flush());
    this.#pieces.push(length, packet);
    this.#bytes += length.length + packet.length;
  }

  /** Hands everything to the socket now. */
  flush(): void {
    const [pieces, bytes] = [this.#pieces, this.#bytes];
    this.#pieces = [];
    this.#bytes = 0;
    if (bytes === 0 || !this.socket.writable) return;
    this.onSent(bytes);
    this.socket.write(Buffer.concat(pieces, bytes));
  }
}
