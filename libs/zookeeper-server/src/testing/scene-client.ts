import type { ByteReader } from '@milena/bytes';
import type { Operation } from '@milena/zookeeper';
import {
  bodyOf,
  connectPacket,
  readConnectAnswer,
  readServerPacket,
  requestPacket,
  type ConnectAnswer,
  type WriteBody,
} from '@milena/zookeeper/testing';
import type { ClientChannel, ClientConnection } from '../client-channel';

/** What a reply says, for a spec to look at. */
export interface SceneReply {
  readonly xid: number;
  readonly zxid: number;
  readonly error: number;
  readonly body: ByteReader;
}

/** A client without a socket: it sends packets and keeps what comes back, in order. */
export class SceneClient {
  readonly #packets: Buffer[] = [];
  readonly #connection: ClientConnection;
  #xid = 0;
  #waiting: Promise<void> = Promise.resolve();
  isClosed = false;

  constructor(accept: (channel: ClientChannel) => ClientConnection, remoteAddress: string) {
    this.#connection = accept({
      remoteAddress,
      send: (packet) => void this.#packets.push(Buffer.from(packet)),
      close: () => (this.isClosed = true),
    });
  }

  /** Shakes hands; undefined when there was no answer, yet or ever. */
  connect(options: Parameters<typeof connectPacket>[0] = {}): ConnectAnswer | undefined {
    this.sendPacket(connectPacket(options));
    const answer = this.#packets.shift();
    return answer === undefined ? undefined : readConnectAnswer(answer);
  }

  /** The answer to the handshake, when it came late. */
  connected(): ConnectAnswer | undefined {
    const answer = this.#packets.shift();
    return answer === undefined ? undefined : readConnectAnswer(answer);
  }

  send(operation: Operation | number, body?: WriteBody, xid = ++this.#xid): void {
    this.sendPacket(requestPacket(xid, operation, body));
  }

  sendPacket(packet: Buffer): void {
    this.#waiting = this.#connection.receive(packet) ?? this.#waiting;
  }

  /** Sends a request and takes its reply, which must be the only packet. */
  ask(operation: Operation | number, body?: WriteBody, xid?: number): SceneReply {
    this.send(operation, body, xid);
    const [reply, ...more] = this.replies();
    if (reply === undefined || more.length > 0) throw new Error(`${more.length} packets more than one reply`);
    return reply;
  }

  /** Watches a path and gives the error of the reply. */
  watch(operation: 'exists' | 'getData' | 'getChildren' | 'getChildren2', path: string): number {
    return this.ask(operation, bodyOf.watchable(path, true)).error;
  }

  replies(): readonly SceneReply[] {
    return this.#packets.splice(0).flatMap((packet) => {
      const read = readServerPacket(packet);
      return read.kind === 'reply' ? [read] : [];
    });
  }

  /** Everything that came since, replies by xid, zxid and error. */
  story(): readonly string[] {
    return this.#packets.splice(0).map((packet) => {
      const read = readServerPacket(packet);
      return read.kind === 'reply'
        ? `reply ${read.xid} zxid ${read.zxid} error ${read.error}`
        : `${read.event.type} ${read.event.path}`;
    });
  }

  /** The connection is gone. */
  hangUp(): void {
    this.#connection.closed();
  }

  /** Resolves when what a packet waited for is over. */
  settled(): Promise<void> {
    return this.#waiting;
  }
}
