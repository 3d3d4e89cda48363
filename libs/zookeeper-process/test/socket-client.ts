import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Operation } from '@milena/zookeeper';
import { connectPacket, requestPacket, type WriteBody } from '@milena/zookeeper/testing';

/** A ZooKeeper client of the fewest lines: packets out, packets in. */
export class SocketClient {
  #received: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #changed: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#changed();
    });
    socket.on('error', () => undefined);
    for (const name of ['end', 'close']) {
      socket.on(name, () => {
        this.#isEnded = true;
        this.#changed();
      });
    }
  }

  static async dial(host: string, port: number): Promise<SocketClient> {
    const socket = connect({ host, port });
    await once(socket, 'connect');
    return new SocketClient(socket);
  }

  connect(options: Parameters<typeof connectPacket>[0]): void {
    this.#send(connectPacket(options));
  }

  request(xid: number, operation: Operation, body?: WriteBody): void {
    this.#send(requestPacket(xid, operation, body));
  }

  /** The next packet; undefined when the connection ended before it came. */
  async packet(): Promise<Buffer | undefined> {
    for (;;) {
      const length = this.#received.length < 4 ? undefined : this.#received.readInt32BE(0);
      if (length !== undefined && this.#received.length >= 4 + length) {
        const packet = this.#received.subarray(4, 4 + length);
        this.#received = this.#received.subarray(4 + length);
        return packet;
      }
      if (this.#isEnded) return undefined;
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  /** The whole answer to a four-letter word. */
  async word(word: string): Promise<string> {
    this.socket.write(word);
    while (!this.#isEnded) await new Promise<void>((resolve) => (this.#changed = resolve));
    return this.#received.toString();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #send(packet: Buffer): void {
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(packet.length);
    this.socket.write(Buffer.concat([prefix, packet]));
  }
}
