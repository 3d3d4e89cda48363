import type { Socket } from 'node:net';
import { InvariantViolation } from '@milena/model';
import { BoundedQueue, type Logger } from '@milena/platform';
import type { ConnectionLimits } from './connection-limits';
import { BadFrameSize, FrameAssembler, type AssembledFrame } from './frame-assembler';
import type { FrameBuffers } from './frame-buffers';
import type { AnswerFrame, FrameHandler, KafkaConnection } from './kafka-connection';

/** Answers up to this size are copied into one buffer and one write per tick; larger ones are written piece by piece. */
const JOINED_WRITE_BYTES_MAX = 64 * 1024;
/** Slowest pace at which an incomplete request is still waited for, bytes per second. */
const FRAME_PACE_MIN = 1024;

/** What one connection is made of. */
export interface ServedConnectionOptions {
  readonly info: KafkaConnection;
  readonly handle: FrameHandler;
  readonly limits: ConnectionLimits;
  readonly buffers: FrameBuffers;
  readonly logger: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  onTraffic(inBytes: number, outBytes: number): void;
  /** The connection stopped reading because all together hold too many bytes; `reconsider` lets it go on. */
  onStarved(connection: ServedConnection): void;
  /** The connection is closed because of what the client sent. */
  onRefused(connection: KafkaConnection, error: unknown): void;
  /** A request's buffer was given back. */
  onReleased(): void;
}

/**
 * Serves one client: requests are carried out one after the other and answered in order. What comes in meanwhile waits
 * in a bounded queue; when that is full, or the client does not take its answers, reading stops.
 */
export class ServedConnection {
  readonly #options: ServedConnectionOptions;
  readonly #assembler: FrameAssembler;
  readonly #queue: BoundedQueue<AssembledFrame>;
  #socket: Socket | undefined;
  #serving = false;
  #reading = true;
  /** No more requests are taken. */
  #draining = false;
  /** When the last answer was handed to the socket; nothing more is sent. */
  #endedAtMs: number | undefined;
  #closed = false;
  /** Bytes that were read but not cut into frames, because the queue was full. */
  #leftover: Buffer | undefined;
  #outgoing: Buffer[] = [];
  #outgoingBytes = 0;
  #receivedBytes = 0;
  #lastTrafficMs: number;
  #frameCheck: { readonly atMs: number; readonly receivedBytes: number } | undefined;
  #stalledSinceMs: number | undefined;
  #backlogChanged: (() => void) | undefined;

  constructor(options: ServedConnectionOptions) {
    this.#options = options;
    this.#assembler = new FrameAssembler(options.buffers, options.limits.requestBytesMax);
    this.#queue = new BoundedQueue(options.limits.queuedRequestsMax);
    this.#lastTrafficMs = options.now();
  }

  get info(): KafkaConnection {
    return this.#options.info;
  }

  /** Starts serving a paused socket whose bytes arrive at `receive`; `onClosed` is called once. */
  attach(socket: Socket, onClosed: () => void): void {
    this.#socket = socket;
    socket.on('error', (error) =>
      this.#options.logger.debug('connection broke', { ...this.info, error: error.message }),
    );
    socket.on('end', () => this.#halfClosed());
    socket.on('drain', () => this.#backlogChanged?.());
    socket.once('close', () => {
      this.#closed = true;
      this.#backlogChanged?.();
      this.#releaseAll();
      onClosed();
    });
    socket.resume();
  }

  /** Bytes from the client; `chunk` is not kept. */
  receive(chunk: Buffer): void {
    if (this.#draining || this.#closed) return;
    this.#receivedBytes += chunk.length;
    this.#lastTrafficMs = this.#options.now();
    this.#options.onTraffic(chunk.length, 0);
    this.#cut(chunk);
    this.#frameCheck = this.#assembler.midFrame
      ? (this.#frameCheck ?? { atMs: this.#lastTrafficMs, receivedBytes: this.#receivedBytes })
      : undefined;
    this.#regulate();
  }

  /** Finishes the request under way, if any, then closes. */
  drain(): void {
    this.#leftover = undefined;
    this.#dropQueued();
    this.#halfClosed();
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  /** Reads on after `onStarved`, if that is possible now. */
  reconsider(): void {
    this.#regulate();
  }

  /** Closes the connection if one of its time limits has passed. */
  enforceTimeouts(): void {
    const { limits, now } = this.#options;
    const nowMs = now();
    const waitingSinceMs = this.#stalledSinceMs ?? this.#endedAtMs;
    if (waitingSinceMs !== undefined && nowMs - waitingSinceMs > limits.responseStallTimeoutMs) {
      return this.#cutOff('answers are not taken');
    }
    if (this.#serving || this.#draining) return;
    if (this.#frameCheck !== undefined) return this.#enforceFramePace(this.#frameCheck, nowMs);
    const idleMs = nowMs - this.#lastTrafficMs;
    if (this.#receivedBytes === 0 && idleMs > limits.firstByteTimeoutMs) this.#cutOff('nothing was sent');
    else if (idleMs > limits.idleTimeoutMs) this.#cutOff('idle');
  }

  /** The client sends nothing more: what it sent before is still answered. */
  #halfClosed(): void {
    if (this.#draining) return;
    this.#draining = true;
    if (!this.#serving) this.#end();
  }

  /** Reads on or not, as the queue, the answers not taken and the memory held by all connections demand. */
  #regulate(): void {
    const { limits, buffers } = this.#options;
    if (this.#closed || this.#draining) return;
    const starved = buffers.lentBytes > limits.heldBytesMax && !this.#assembler.midFrame;
    if (starved) this.#options.onStarved(this);
    const reading = !starved && this.#leftover === undefined && this.#stalledSinceMs === undefined;
    if (reading === this.#reading) return;
    this.#reading = reading;
    if (reading) this.#socket?.resume();
    else this.#socket?.pause();
  }

  #enforceFramePace(check: { readonly atMs: number; readonly receivedBytes: number }, nowMs: number): void {
    const elapsedMs = nowMs - check.atMs;
    if (elapsedMs <= this.#options.limits.frameTimeoutMs) return;
    const pace = ((this.#receivedBytes - check.receivedBytes) * 1000) / elapsedMs;
    if (pace < FRAME_PACE_MIN) this.#cutOff('request too slow');
    else this.#frameCheck = { atMs: nowMs, receivedBytes: this.#receivedBytes };
  }

  #cut(chunk: Buffer): void {
    try {
      const consumed = this.#assembler.push(chunk, (frame) => {
        this.#queue.offer(frame);
        return this.#queue.size < this.#queue.capacity;
      });
      this.#leftover = consumed < chunk.length ? Buffer.from(chunk.subarray(consumed)) : undefined;
      if (this.#queue.size > 0) void this.#serve();
    } catch (error) {
      if (!(error instanceof BadFrameSize)) throw error;
      this.#refuse(error);
    }
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    try {
      for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) {
        await this.#answer(frame);
        if (this.#backlogBytes() > this.#options.limits.responseBacklogBytesMax) await this.#backlogTaken();
      }
      this.#serving = false;
      if (this.#draining) this.#end();
    } catch (error) {
      // A broken invariant must end the process, not only this client.
      if (error instanceof InvariantViolation) throw error;
      this.#refuse(error);
    }
  }

  #nextFrame(): AssembledFrame | undefined {
    const frame = this.#queue.poll();
    const leftover = this.#leftover;
    if (leftover !== undefined && this.#queue.size * 2 < this.#queue.capacity) {
      this.#leftover = undefined;
      this.#cut(leftover);
      this.#regulate();
    }
    return frame ?? this.#queue.poll();
  }

  async #answer(frame: AssembledFrame): Promise<void> {
    try {
      const answer = await this.#options.handle(frame.bytes, this.info);
      this.#lastTrafficMs = this.#options.now();
      if (answer !== undefined && this.#endedAtMs === undefined) this.#send(answer);
    } finally {
      this.#options.buffers.giveBack(frame.buffer);
      this.#options.onReleased();
    }
  }

  #send(answer: AnswerFrame): void {
    const pieces = Buffer.isBuffer(answer) ? [answer] : answer;
    let length = 0;
    for (const piece of pieces) length += piece.length;
    const prefix = Buffer.allocUnsafe(4);
    prefix.writeInt32BE(length);
    // Whatever else is answered before this tick ends leaves in the same write.
    if (this.#outgoing.length === 0) process.nextTick(() => this.#flush());
    this.#outgoing.push(prefix, ...pieces);
    this.#outgoingBytes += length + 4;
  }

  #flush(): void {
    const pieces = this.#outgoing;
    const bytes = this.#outgoingBytes;
    const socket = this.#socket;
    this.#outgoing = [];
    this.#outgoingBytes = 0;
    if (bytes === 0 || socket === undefined || this.#endedAtMs !== undefined || this.#closed) return;
    this.#options.onTraffic(0, bytes);
    if (bytes <= JOINED_WRITE_BYTES_MAX) {
      socket.write(Buffer.concat(pieces, bytes));
      return;
    }
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    socket.uncork();
  }

  #backlogBytes(): number {
    return this.#outgoingBytes + (this.#socket?.writableLength ?? 0);
  }

  async #backlogTaken(): Promise<void> {
    const socket = this.#socket;
    this.#flush();
    if (socket === undefined || this.#closed || !socket.writableNeedDrain) return;
    this.#stalledSinceMs = this.#options.now();
    this.#regulate();
    await new Promise<void>((resolve) => {
      this.#backlogChanged = resolve;
    });
    this.#stalledSinceMs = undefined;
    this.#regulate();
  }

  /** Sends what was answered, then closes. */
  #end(): void {
    if (this.#endedAtMs !== undefined) return;
    this.#flush();
    this.#endedAtMs = this.#options.now();
    this.#socket?.destroySoon();
  }

  #refuse(error: unknown): void {
    this.#options.onRefused(this.info, error);
    this.#draining = true;
    this.#leftover = undefined;
    this.#dropQueued();
    this.#end();
  }

  #cutOff(reason: string): void {
    this.#options.logger.debug('closing a connection', { ...this.info, reason });
    this.destroy();
  }

  #releaseAll(): void {
    this.#leftover = undefined;
    this.#assembler.abandon();
    this.#dropQueued();
    this.#options.onReleased();
  }

  #dropQueued(): void {
    for (let frame = this.#queue.poll(); frame !== undefined; frame = this.#queue.poll()) {
      this.#options.buffers.giveBack(frame.buffer);
    }
  }
}
