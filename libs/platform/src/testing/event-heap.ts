/** Something that happens at a point of virtual time. Mutable: a cancelled event stays in the heap until its time comes. */
export interface TimedEvent {
  readonly atMs: number;
  /** Order of creation: decides between events of the same time. */
  readonly sequence: number;
  /** Undefined once cancelled. */
  run: (() => void) | undefined;
}

function isBefore(left: TimedEvent, right: TimedEvent): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
}

/** A binary heap of events, earliest first; events of the same time come out in the order they were made. */
export class EventHeap {
  readonly #events: TimedEvent[] = [];

  get size(): number {
    return this.#events.length;
  }

  peek(): TimedEvent | undefined {
    return this.#events[0];
  }

  push(event: TimedEvent): void {
    const events = this.#events;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = events[parentIndex];
      if (parent === undefined || !isBefore(event, parent)) break;
      events[index] = parent;
      index = parentIndex;
    }
    events[index] = event;
  }

  pop(): TimedEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (last === undefined || events.length === 0) return first;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      let child = events[childIndex];
      const right = events[childIndex + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (child === undefined || !isBefore(child, last)) break;
      events[index] = child;
      index = childIndex;
    }
    events[index] = last;
    return first;
  }
}
