import type { QuorumState, RaftEffects } from '@milena/raft';

/** Carries out the effects of the state machine in the order that RaftEffects states. */
export interface EffectQueue {
  /** Takes effects in the order they were made. Those that need no write first are carried out at once. */
  push(effects: RaftEffects): void;
  /** Resolves when no write is under way. */
  idle(): Promise<void>;
  /** Drops what is not carried out yet and whatever comes. */
  close(): void;
}

/** What the queue does with effects. */
export interface EffectQueueOptions {
  /** Makes the state durable. A rejection is fatal: nothing that rests on the state may happen any more. */
  persist(state: QuorumState): Promise<void>;
  /** Everything of the effects but the write. Must not be called again from inside; the queue sees to that. */
  carryOut(effects: RaftEffects): void;
  /** For planted bug 1: requests and answers alone, before the write. */
  release(effects: RaftEffects): void;
  onFatal(error: unknown): void;
}

/**
 * Makes an empty queue. While one write runs, later effects gather; of several states among them only the last is written,
 * because each replaces the one before and none of the effects between is visible to anybody yet.
 */
export function createEffectQueue({ persist, carryOut, release, onFatal }: EffectQueueOptions): EffectQueue {
  let waiting: RaftEffects[] = [];
  let busy = false;
  let closed = false;
  let writing: Promise<void> = Promise.resolve();

  function carryOutAll(effects: readonly RaftEffects[]): void {
    for (const each of effects) {
      if (!closed) carryOut(each);
    }
  }

  /** Carries out what waits up to the first state that must be written; begins that write. */
  function drain(): void {
    busy = true;
    while (waiting.length > 0 && !closed) {
      const batch = waiting;
      waiting = [];
      const state = batch.findLast((effects) => effects.persist !== undefined)?.persist;
      if (state !== undefined) {
        writing = writeThenContinue(state, batch);
        return;
      }
      carryOutAll(batch);
    }
    busy = false;
  }

  async function writeThenContinue(state: QuorumState, batch: readonly RaftEffects[]): Promise<void> {
    try {
      await persist(state);
      carryOutAll(batch);
      drain();
    } catch (error) {
      close();
      onFatal(error);
    }
  }

  function close(): void {
    closed = true;
    waiting = [];
  }

  return {
    push(effects) {
      if (closed) return;
      if (effects.releaseBeforePersist) {
        release(effects);
        waiting.push({ ...effects, requests: [], answers: [] });
      } else {
        waiting.push(effects);
      }
      if (!busy) drain();
    },
    async idle() {
      while (busy && !closed) await writing;
      await writing;
    },
    close,
  };
}
