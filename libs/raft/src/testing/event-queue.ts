interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** Synchronous virtual time: events run in order of time, then of scheduling. */
export class EventQueue {
  nowMs = 0;
  private sequence = 0;
  private events: Event[] = [];

  after(delayMs: number, run: () => void): void {
    const event = { atMs: this.nowMs + Math.max(0, delayMs), sequence: this.sequence++, run };
    const before = (other: Event) =>
      other.atMs < event.atMs || (other.atMs === event.atMs && other.sequence < event.sequence);
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(this.events[middle] as Event)) low = middle + 1;
      else high = middle;
    }
    this.events.splice(low, 0, event);
  }

  /** Runs every event due within `ms`, then stands at the end of it; `afterEach` runs behind every event. */
  run(ms: number, afterEach: () => void = () => undefined): void {
    const untilMs = this.nowMs + ms;
    for (let next = this.events[0]; next !== undefined && next.atMs <= untilMs; next = this.events[0]) {
      this.events.shift();
      this.nowMs = next.atMs;
      next.run();
      afterEach();
    }
    this.nowMs = untilMs;
  }
}
