import type { CrashMode, SeededRandom } from '@milena/platform/testing';
import type { FaultAction } from './fault-action';
import type { FaultMix } from './fault-mix';
import type { Machine } from './machine';

/** What faults are drawn for. */
export interface FaultDrawsOptions {
  readonly random: SeededRandom;
  readonly mix: FaultMix;
  readonly machines: readonly Machine[];
  /** Machines whose disk may decay. */
  readonly fragile: readonly Machine[];
  readonly hosts: readonly string[];
  /** Who leads, as far as it knows. */
  leader(): string | undefined;
  /** Crashes a machine can bear. */
  bears(machine: Machine, mode: CrashMode): boolean;
}

/** Draws the faults of a mix, one after the other. */
export class FaultDraws {
  readonly #random: SeededRandom;
  /** The rest of what was drawn at once. */
  readonly #more: FaultAction[] = [];

  constructor(private readonly options: FaultDrawsOptions) {
    this.#random = options.random;
  }

  /** Time until the next fault. */
  pauseMs(): number {
    return this.#more.length > 0 ? 0 : -Math.log(1 - this.#random.fraction()) * this.options.mix.meanPauseMs;
  }

  /** A fault of any class of the mix; undefined when it would have been none. */
  next(): FaultAction | undefined {
    const drawn = this.#more.shift();
    if (drawn !== undefined) return drawn;
    const { mix } = this.options;
    const kinds: (() => FaultAction | undefined)[] = [];
    if (mix.crashModes.length > 0) kinds.push(() => this.crash(this.#machine(), mix.crashModes));
    if (mix.partitions)
      kinds.push(
        () => this.#cut(),
        () => this.#isolate(),
      );
    if (mix.resets) kinds.push(() => ({ do: 'reset', left: this.#host(), right: this.#host() }));
    if (mix.crashAll) kinds.push(() => this.#crashAll());
    if (mix.pauses) kinds.push(() => this.#pause(this.#machine().host));
    if (mix.failedSyncs)
      kinds.push(() => {
        const { host } = this.#machine();
        return { do: 'fail sync', host, file: this.#random.chance(0.7) ? '.log' : 'quorum-state' };
      });
    if (mix.fullDisks)
      kinds.push(() => ({ do: 'fill disk', host: this.#machine().host, freeBytes: this.#random.below(2000) }));
    if (mix.bitFlips && this.options.fragile.length > 0) kinds.push(() => this.#decay());
    return kinds.length === 0 ? undefined : this.#pick(kinds)();
  }

  /** A crash in one of the modes; undefined when the machine bears none of them. */
  crash(machine: Machine, modes: readonly CrashMode[]): FaultAction | undefined {
    const borne = modes.filter((mode) => this.options.bears(machine, mode));
    if (borne.length === 0) return undefined;
    const mode = this.#pick(borne);
    // Some come back at once, some stay away through an election or two.
    const downMs = this.#random.chance(0.3) ? 1 : this.#random.below(4000);
    const { host } = machine;
    return machine.isRunning ? { do: 'crash', host, mode, downMs } : { do: 'start', host, afterMs: downMs };
  }

  #crashAll(): FaultAction | undefined {
    const { machines, mix } = this.options;
    if (this.#random.chance(0.7)) return undefined;
    for (const machine of machines) {
      const crash = this.crash(machine, mix.crashModes);
      if (crash !== undefined) this.#more.push(crash);
    }
    return this.#more.shift();
  }

  #pause(host: string): FaultAction {
    // Some are gone for a moment, some for longer than any timeout of the quorum.
    const forMs = this.#random.chance(0.3) ? this.#random.below(100) : this.#random.below(8000);
    return { do: 'pause', host, forMs };
  }

  #decay(): FaultAction {
    const { host } = this.#pick(this.options.fragile);
    const [file, position] = [this.#random.fraction(), this.#random.fraction()];
    return { do: 'flip bit', host, file, position, downMs: this.#random.below(2000) };
  }

  #cut(): FaultAction | undefined {
    const [from, to] = [this.#host(), this.#host()];
    if (from === to) return undefined;
    return { do: 'cut', from, to, bothWays: this.#random.chance(0.7), forMs: this.#random.below(4000) };
  }

  #isolate(): FaultAction {
    // Some last longer than a leader may lead without a majority.
    const forMs = this.#random.chance(0.3) ? 4000 + this.#random.below(4000) : this.#random.below(4000);
    const leader = this.options.leader();
    return { do: 'isolate', host: leader !== undefined && this.#random.chance(0.5) ? leader : this.#host(), forMs };
  }

  #machine(): Machine {
    return this.#pick(this.options.machines);
  }

  #host(): string {
    return this.#pick(this.options.hosts);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}
