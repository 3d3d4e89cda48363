import type { Clock, Timer, Timers } from '@milena/platform';

/** Width of a slot: how late a deadline may be noticed. */
const SLOT_MS = 10;

/** An item that can wait in a wheel. The wheel alone writes `slot`. */
export interface Waiting {
  slot: number;
}

/** `slot` of an item that waits in no wheel. */
export const NOT_WAITING = -1;

/**
 * Deadlines of many waiting requests on one timer. Adding and removing cost the same however many wait; a deadline is
 * noticed up to one slot late, never early.
 */
export class DeadlineWheel<Item extends Waiting> {
  readonly #slots = new Map<number, Set<Item>>();
  #timer: Timer | undefined;
  #nextSlot = Number.POSITIVE_INFINITY;

  constructor(
    private readonly time: { readonly clock: Clock; readonly timers: Timers },
    private readonly onDue: (item: Item) => void,
  ) {}

  /** Lets an item wait for `waitMs`. */
  add(item: Item, waitMs: number): void {
    const slot = Math.ceil((this.time.clock.monotonicMs() + waitMs) / SLOT_MS);
    item.slot = slot;
    const items = this.#slots.get(slot);
    if (items !== undefined) {
      items.add(item);
      return;
    }
    this.#slots.set(slot, new Set([item]));
    if (slot < this.#nextSlot) this.#schedule(slot);
  }

  /** The item need not wait any longer. */
  remove(item: Item): void {
    const items = this.#slots.get(item.slot);
    items?.delete(item);
    // Most requests end long before their deadline: their slots must not pile up.
    if (items?.size === 0) this.#slots.delete(item.slot);
    item.slot = NOT_WAITING;
  }

  /** Forgets all items and stops the timer. */
  close(): void {
    this.#slots.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#nextSlot = Number.POSITIVE_INFINITY;
  }

  #schedule(slot: number): void {
    this.#timer?.cancel();
    this.#nextSlot = slot;
    const delayMs = slot * SLOT_MS - this.time.clock.monotonicMs();
    this.#timer = this.time.timers.after(Math.max(0, delayMs), () => this.#fire());
  }

  #fire(): void {
    const now = this.time.clock.monotonicMs();
    const due = [...this.#slots.keys()].filter((slot) => slot * SLOT_MS <= now).sort((left, right) => left - right);
    for (const slot of due) {
      const items = this.#slots.get(slot) ?? new Set();
      this.#slots.delete(slot);
      for (const item of items) {
        item.slot = NOT_WAITING;
        this.onDue(item);
      }
    }
    this.#nextSlot = Number.POSITIVE_INFINITY;
    const next = Math.min(...this.#slots.keys());
    if (next !== Number.POSITIVE_INFINITY) this.#schedule(next);
  }
}
