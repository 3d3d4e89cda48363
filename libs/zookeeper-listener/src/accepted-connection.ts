import type { Socket } from 'node:net';
import type { Logger } from '@milena/platform';
import type { ListenerLimits } from './listener-limits';
import { BadPacketLength, PacketAssembler } from './packet-assembler';
import { SocketOutput } from './socket-output';
import type { ClientSocket, PacketHandler, ZookeeperHandler } from './zookeeper-handler';

/** Packets handled before other sockets get their turn. */
const PACKETS_PER_TURN = 64;
/** Slowest pace at which an incomplete packet is still waited for, bytes per second. */
const PACKET_PACE_MIN = 1024;
const FIRST_BYTES = 4;

/** What one connection is made of. */
export interface AcceptedConnectionOptions {
  readonly remoteAddress: string;
  readonly handler: ZookeeperHandler;
  readonly limits: ListenerLimits;
  readonly logger: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  onTraffic(inBytes: number, outBytes: number): void;
  onClosed(): void;
}

/**
 * One socket: told apart by its first four bytes, then either a four-letter word that is answered or a client whose
 * packets are handed on one at a time. While one is being answered, or answers are not taken, nothing more is read.
 */
export class AcceptedConnection implements ClientSocket {
  readonly remoteAddress: string;
  readonly #assembler: PacketAssembler;
  readonly #output: SocketOutput;
  #first: Buffer | undefined = Buffer.alloc(0);
  #client: PacketHandler | undefined;
  /** Read but not yet cut into packets. */
  #leftover: Buffer | undefined;
  #isBusy = false;
  #endedAtMs: number | undefined;
  #stalledSinceMs: number | undefined;
  #packetBegun: { readonly atMs: number; readonly receivedBytes: number } | undefined;
  #receivedBytes = 0;
  readonly #openedAtMs: number;

  constructor(
    private readonly socket: Socket,
    private readonly options: AcceptedConnectionOptions,
  ) {
    this.remoteAddress = options.remoteAddress;
    this.#openedAtMs = options.now();
    this.#assembler = new PacketAssembler(options.limits.packetBytesMax);
    this.#output = new SocketOutput(socket, (bytes) => options.onTraffic(0, bytes));
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => options.logger.debug('connection broke', this.#facts(error.message)));
    socket.on('end', () => this.close());
    socket.on('drain', () => this.#drained());
    socket.once('close', () => {
      this.#endedAtMs ??= options.now();
      this.#leftover = undefined;
      this.#client?.closed();
      options.onClosed();
    });
  }

  send(packet: Buffer): void {
    if (this.#endedAtMs !== undefined) return;
    this.#output.send(packet);
    if (this.#output.backlogBytes > this.options.limits.unsentBytesMax) this.#cutOff('too much is not taken');
  }

  /** Sends the rest, then FIN; what still comes in is thrown away, because unread bytes would turn the FIN into a reset. */
  close(): void {
    if (this.#endedAtMs !== undefined) return;
    this.#output.flush();
    this.#endedAtMs = this.options.now();
    this.#leftover = undefined;
    this.socket.end();
    this.socket.resume();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Cuts the connection off if one of its time limits has passed. */
  enforceTimeouts(): void {
    const { limits, now } = this.options;
    const nowMs = now();
    if (this.#endedAtMs !== undefined) {
      if (nowMs - this.#endedAtMs > limits.lingerMs) this.destroy();
    } else if (this.#stalledSinceMs !== undefined && nowMs - this.#stalledSinceMs > limits.stallTimeoutMs) {
      this.#cutOff('answers are not taken');
    } else if (this.#first !== undefined && nowMs - this.#openedAtMs > limits.firstBytesTimeoutMs) {
      this.#cutOff('nothing was sent');
    } else if (this.#packetBegun !== undefined) {
      this.#enforcePace(this.#packetBegun, nowMs);
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#endedAtMs !== undefined) return;
    this.#receivedBytes += chunk.length;
    this.options.onTraffic(chunk.length, 0);
    if (this.#first === undefined) return this.#cut(chunk);
    const first = this.#first.length === 0 ? chunk : Buffer.concat([this.#first, chunk]);
    if (first.length < FIRST_BYTES) {
      this.#first = Buffer.from(first);
      return;
    }
    this.#first = undefined;
    const word = this.options.handler.wordOf(first);
    if (word !== undefined) return this.#answerWord(word);
    this.#client = this.options.handler.accept(this);
    this.#cut(first);
  }

  #answerWord(word: string): void {
    const text = this.options.handler.answerWord(word);
    this.options.onTraffic(0, Buffer.byteLength(text));
    this.#endedAtMs = this.options.now();
    this.socket.end(text);
  }

  #cut(chunk: Buffer): void {
    let left = PACKETS_PER_TURN;
    try {
      const consumed = this.#assembler.push(chunk, (packet) => {
        this.#handle(packet);
        left -= 1;
        return left > 0 && this.#mayGoOn();
      });
      this.#leftover = consumed < chunk.length && this.#endedAtMs === undefined ? chunk.subarray(consumed) : undefined;
    } catch (error) {
      if (!(error instanceof BadPacketLength)) throw error;
      return this.#cutOff(error.message);
    }
    this.#notePacketBegun();
    if (this.#leftover !== undefined && this.#mayGoOn()) setImmediate(() => this.#goOn());
    this.#regulate();
  }

  #handle(packet: Buffer): void {
    const answering = this.#client?.receive(packet);
    if (answering === undefined) return;
    this.#isBusy = true;
    void answering.then(() => {
      this.#isBusy = false;
      this.#goOn();
    });
  }

  #mayGoOn(): boolean {
    if (this.#output.backlogBytes > this.options.limits.backlogBytesMax) {
      this.#output.flush();
      if (this.socket.writableNeedDrain) this.#stalledSinceMs ??= this.options.now();
    }
    return !this.#isBusy && this.#endedAtMs === undefined && this.#stalledSinceMs === undefined;
  }

  #goOn(): void {
    const leftover = this.#leftover;
    if (!this.#mayGoOn()) return;
    this.#leftover = undefined;
    if (leftover !== undefined) this.#cut(leftover);
    else this.#regulate();
  }

  #drained(): void {
    if (this.#stalledSinceMs === undefined) return;
    this.#stalledSinceMs = undefined;
    this.#goOn();
  }

  /** Reads on only when everything read before is answered and taken. */
  #regulate(): void {
    if (this.#endedAtMs !== undefined) return;
    if (this.#leftover === undefined && this.#mayGoOn()) this.socket.resume();
    else this.socket.pause();
  }

  #notePacketBegun(): void {
    this.#packetBegun =
      this.#assembler.isMidPacket && this.#leftover === undefined
        ? (this.#packetBegun ?? { atMs: this.options.now(), receivedBytes: this.#receivedBytes })
        : undefined;
  }

  #enforcePace(begun: { readonly atMs: number; readonly receivedBytes: number }, nowMs: number): void {
    const elapsedMs = nowMs - begun.atMs;
    if (elapsedMs <= this.options.limits.packetTimeoutMs) return;
    const pace = ((this.#receivedBytes - begun.receivedBytes) * 1000) / elapsedMs;
    if (pace < PACKET_PACE_MIN) this.#cutOff('packet too slow');
    else this.#packetBegun = { atMs: nowMs, receivedBytes: this.#receivedBytes };
  }

  #cutOff(reason: string): void {
    this.options.logger.debug('closing a connection', this.#facts(reason));
    this.destroy();
  }

  #facts(reason: string): Readonly<Record<string, unknown>> {
    return { client: this.remoteAddress, reason };
  }
}
