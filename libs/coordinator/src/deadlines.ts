/** Width of a slot: how late a deadline may be noticed. */
const SLOT_MS = 10;
const NOT_SET = -1;
const NOT_RUNNING = -1;

/** Something that is due at a time, or not at all. Only Deadlines writes `slot`. */
export class Deadline {
  slot = NOT_SET;

  constructor(readonly onDue: () => void) {}

  get isSet(): boolean {
    return this.slot !== NOT_SET;
  }
}

/**
 * Deadlines of many members. Setting and clearing cost the same however many there are; a deadline is noticed up to one
 * slot late, never early. Due ones run in order of time, those of one slot in the order in which they were set. What is set
 * for the present while it runs is due in the next slot, so that every run ends.
 */
export class Deadlines {
  readonly #slots = new Map<number, Set<Deadline>>();
  #nextSlot = Infinity;
  #runningSlot = NOT_RUNNING;

  /** When to call `run` again, milliseconds; nothing is due before. Undefined when nothing is set. */
  get nextMs(): number | undefined {
    return this.#slots.size === 0 ? undefined : this.#nextSlot * SLOT_MS;
  }

  /** Sets a deadline, or moves it. */
  set(deadline: Deadline, atMs: number): void {
    this.clear(deadline);
    const slot = Math.max(Math.ceil(atMs / SLOT_MS), this.#runningSlot + 1);
    const deadlines = this.#slots.get(slot);
    if (deadlines === undefined) this.#slots.set(slot, new Set([deadline]));
    else deadlines.add(deadline);
    deadline.slot = slot;
    this.#nextSlot = Math.min(this.#nextSlot, slot);
  }

  /** Clears a deadline that may be set. */
  clear(deadline: Deadline): void {
    const deadlines = this.#slots.get(deadline.slot);
    deadlines?.delete(deadline);
    if (deadlines?.size === 0) this.#slots.delete(deadline.slot);
    deadline.slot = NOT_SET;
  }

  /** Runs what is due. */
  run(nowMs: number): void {
    if (this.#nextSlot * SLOT_MS > nowMs) return;
    for (let due = this.#earliest(); due * SLOT_MS <= nowMs; due = this.#earliest()) {
      const [deadline] = this.#slots.get(due) ?? [];
      if (deadline === undefined) break;
      this.clear(deadline);
      this.#runningSlot = due;
      deadline.onDue();
    }
    this.#runningSlot = NOT_RUNNING;
    this.#nextSlot = this.#earliest();
  }

  #earliest(): number {
    let earliest = Infinity;
    for (const slot of this.#slots.keys()) if (slot < earliest) earliest = slot;
    return earliest;
  }
}
