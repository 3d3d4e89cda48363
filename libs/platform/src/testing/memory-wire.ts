import type { Clock } from '../clock';
import type { Timers } from '../timers';

/** What wires share: time, and which ways are cut. */
export interface WireRules {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Time the next message takes, milliseconds. */
  latencyMs(): number;
  /** Whether what `from` sends reaches `to` at present. */
  isBlocked(from: string, to: string): boolean;
  /** Remembers a wire whose next message waits for a way to open again; it is pumped then. */
  stalled(wire: MemoryWire): void;
  /** Wires on which something was sent that takes long. */
  readonly straggling: Set<MemoryWire>;
}

/** A moment reached by adding a difference to another may be that much before it. */
const ROUNDING_MS = 1e-6;
/** What takes longer straggles. */
const USUAL_MS_MAX = 1000;

/** Something under way on a wire. */
export interface WireItem {
  /** Length of the message, for the bound on what may wait. */
  readonly bytes: number;
  /** True for what needs an answer to be delivered at all: setting up a connection. */
  readonly needsBothWays?: boolean;
  deliver(): void;
}

/** One direction of one call or stream: what is sent arrives in order, after some time, or waits while the way is cut. */
export class MemoryWire {
  #queue: { readonly item: WireItem; readonly arrivesAtMs: number }[] = [];
  #lastArrivalMs = 0;
  #queuedBytes = 0;

  constructor(
    readonly rules: WireRules,
    readonly from: string,
    readonly to: string,
  ) {}

  /** Bytes sent and not delivered. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  send(item: WireItem): void {
    const nowMs = this.rules.clock.monotonicMs();
    const latencyMs = this.rules.latencyMs();
    if (latencyMs > USUAL_MS_MAX) this.rules.straggling.add(this);
    const arrivesAtMs = Math.max(this.#lastArrivalMs, nowMs + latencyMs);
    this.#lastArrivalMs = arrivesAtMs;
    this.#queuedBytes += item.bytes;
    this.#queue.push({ item, arrivesAtMs });
    this.rules.timers.after(arrivesAtMs - nowMs, () => this.pump());
  }

  /** Delivers what has arrived and is not held up. */
  pump(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (head.arrivesAtMs - this.rules.clock.monotonicMs() > ROUNDING_MS) return;
      if (this.#isHeldUp(head.item)) return this.rules.stalled(this);
      this.#queue.shift();
      this.#queuedBytes -= head.item.bytes;
      head.item.deliver();
    }
  }

  /** What is under way takes no longer than a message sent now. */
  hurry(): void {
    if (this.#queue.length === 0) return;
    const soonMs = this.rules.clock.monotonicMs() + this.rules.latencyMs();
    this.#queue = this.#queue.map(({ item, arrivesAtMs }) => ({ item, arrivesAtMs: Math.min(arrivesAtMs, soonMs) }));
    this.#lastArrivalMs = Math.min(this.#lastArrivalMs, soonMs);
    this.rules.timers.after(soonMs - this.rules.clock.monotonicMs(), () => this.pump());
  }

  /** Drops what is under way. */
  clear(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #isHeldUp(item: WireItem): boolean {
    const { rules, from, to } = this;
    return rules.isBlocked(from, to) || (item.needsBothWays === true && rules.isBlocked(to, from));
  }
}
