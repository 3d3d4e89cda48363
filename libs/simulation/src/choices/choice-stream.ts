import type { VirtualTime } from '@milena/platform/testing';
import type { Action } from './script';

/** The actions of one actor, drawn from the seed as the run goes, or read from a script. */
export interface ChoiceStream<A extends { readonly do: string }> {
  /** Whether a script says what happens: nothing is drawn, and `after` may not be called. */
  readonly isScripted: boolean;
  /**
   * Waits for `pauseMs` and draws, again and again until something is drawn; or waits for the script's next action.
   * Undefined once the stream has ended.
   */
  next(pauseMs: () => number, draw: () => A | undefined): Promise<A | undefined>;
  /** For actors that look for something to do now and then: what `draw` gives, or what the script has had for them. */
  due(draw: () => A | undefined): A | undefined;
  /** Draws and performs after a delay, besides what `next` gives: for actions that an event of the run brings about. */
  after(delayMs: number, draw: () => A | undefined, perform: (action: A) => void): void;
  /** From now on there are no more actions. */
  end(): void;
}

/** Takes down what an actor does, and when. */
export type Recorder<A> = (atMs: number, action: A) => void;

/** Times are rounded when they are recorded: what was drawn at this moment is due at this moment. */
const ROUNDING_MS = 0.002;

/** Actions have times of whole microseconds, so that a script as text gives the same run. */
function rounded(ms: number): number {
  return Math.ceil(ms * 1000) / 1000;
}

/** A stream whose actions are drawn. */
export function drawnStream<A extends { readonly do: string }>(
  time: VirtualTime,
  record: Recorder<A>,
): ChoiceStream<A> {
  const wait = new Wait(time);
  return {
    isScripted: false,
    async next(pauseMs, draw) {
      while (!wait.isOver) {
        const atMs = rounded(time.nowMs() + pauseMs());
        await wait.until(atMs);
        const action = wait.isOver ? undefined : draw();
        if (action === undefined) continue;
        record(atMs, action);
        return action;
      }
      return undefined;
    },
    due(draw) {
      const action = wait.isOver ? undefined : draw();
      if (action !== undefined) record(rounded(time.nowMs()), action);
      return action;
    },
    after(delayMs, draw, perform) {
      const atMs = rounded(time.nowMs() + delayMs);
      time.timers.after(atMs - time.nowMs(), () => {
        const action = wait.isOver ? undefined : draw();
        if (action === undefined) return;
        record(atMs, action);
        perform(action);
      });
    },
    end: () => wait.end(),
  };
}

/** A stream of exactly these actions, which are in order of time. */
export function scriptedStream<A extends { readonly do: string }>(
  time: VirtualTime,
  record: Recorder<A>,
  actions: readonly Action[],
): ChoiceStream<A> {
  const wait = new Wait(time);
  const left = [...actions];
  const take = ({ atMs, by: _by, ...facts }: Action): A => {
    const action = facts as unknown as A;
    const nowMs = time.nowMs();
    record(nowMs < atMs + ROUNDING_MS ? atMs : rounded(nowMs), action);
    return action;
  };
  return {
    isScripted: true,
    async next() {
      const action = left.shift();
      if (!wait.isOver) await wait.until(action?.atMs ?? Infinity);
      return action === undefined || wait.isOver ? undefined : take(action);
    },
    due() {
      const isDue = !wait.isOver && (left[0]?.atMs ?? Infinity) < time.nowMs() + ROUNDING_MS;
      const action = isDue ? left.shift() : undefined;
      return action === undefined ? undefined : take(action);
    },
    after: () => {
      throw new Error('a script has its actions already');
    },
    end: () => wait.end(),
  };
}

/** A wait that the end of its stream ends at once. */
class Wait {
  isOver = false;
  #wake: (() => void) | undefined;

  constructor(private readonly time: VirtualTime) {}

  until(atMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.time.timers.after(atMs - this.time.nowMs(), resolve);
    });
  }

  end(): void {
    this.isOver = true;
    this.#wake?.();
  }
}
