import type { CrashMode, SeededRandom } from '@milena/platform/testing';
import { diskFaultDraws } from './disk-fault-draws';
import type { FaultAction } from './fault-action';
import type { FaultMix } from './fault-mix';
import type { Machine } from '../machine';
import { NetworkFaultDraws } from './network-fault-draws';
import { pickOne } from './pick-one';

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

const CLOCK_JUMP_MS_MAX = 600_000;

/** Draws the faults of a mix, one after the other. */
export class FaultDraws {
  readonly #random: SeededRandom;
  readonly #kinds: readonly (() => readonly FaultAction[])[];
  /** The rest of what was drawn at once. */
  #more: readonly FaultAction[] = [];

  constructor(private readonly options: FaultDrawsOptions) {
    const { random, mix } = options;
    this.#random = random;
    const network = new NetworkFaultDraws(options);
    this.#kinds = [
      ...(mix.crashModes.length > 0 ? [() => this.#crashOne()] : []),
      ...(mix.partitions ? network.partitions : []),
      ...(mix.partitions && mix.crashModes.length > 0 ? [() => this.#vanish()] : []),
      ...(mix.resets ? [() => network.reset()] : []),
      ...(mix.crashAll ? [() => this.#crashAll()] : []),
      ...(mix.pauses ? [() => this.#pause()] : []),
      ...(mix.clockJumps ? [() => this.#jumpClock()] : []),
      ...diskFaultDraws(options),
    ];
  }

  /** Time until the next fault. */
  pauseMs(): number {
    return this.#more.length > 0 ? 0 : -Math.log(1 - this.#random.fraction()) * this.options.mix.meanPauseMs;
  }

  /** A fault of any class of the mix; undefined when it would have been none. */
  next(): FaultAction | undefined {
    const drawn = this.#more.length > 0 || this.#kinds.length === 0 ? this.#more : pickOne(this.#random, this.#kinds)();
    this.#more = drawn.slice(1);
    return drawn[0];
  }

  /** A crash in one of the modes; undefined when the machine bears none of them. */
  crash(machine: Machine, modes: readonly CrashMode[]): FaultAction | undefined {
    const borne = modes.filter((mode) => this.options.bears(machine, mode));
    if (borne.length === 0) return undefined;
    const mode = pickOne(this.#random, borne);
    // Some come back at once, some stay away through an election or two.
    const downMs = this.#random.chance(0.3) ? 1 : this.#random.below(4000);
    const { host } = machine;
    return machine.isRunning ? { do: 'crash', host, mode, downMs } : { do: 'start', host, afterMs: downMs };
  }

  #crashOne(): readonly FaultAction[] {
    const crash = this.crash(this.#machine(), this.options.mix.crashModes);
    return crash === undefined ? [] : [crash];
  }

  /** Now and then no more than a majority is back in time to go on. */
  #crashAll(): readonly FaultAction[] {
    const { machines, mix } = this.options;
    if (this.#random.chance(0.7)) return [];
    const crashes = machines.flatMap((machine) => this.crash(machine, mix.crashModes) ?? []);
    if (crashes.length === 0 || this.#random.chance(0.5)) return crashes;
    const first = this.#random.below(crashes.length);
    const absent = Math.ceil(crashes.length / 2) - 1;
    return crashes.map((crash, index) => {
      const isAbsent = (index - first + crashes.length) % crashes.length < absent;
      return isAbsent && crash.do === 'crash' ? { ...crash, downMs: 8000 } : crash;
    });
  }

  /** Gone without a word: nobody hears that its connections broke before it is back (half-open connections). */
  #vanish(): readonly FaultAction[] {
    const crash = this.crash(this.#machine(), this.options.mix.crashModes);
    if (crash?.do !== 'crash') return [];
    return [{ do: 'isolate', host: crash.host, forMs: crash.downMs }, crash];
  }

  #pause(): readonly FaultAction[] {
    // Some are gone for a moment, some for longer than any timeout of the quorum, a few for as long as the run.
    const longestMs = this.#random.chance(0.3) ? 100 : this.#random.chance(0.1) ? 20_000 : 8000;
    return [{ do: 'pause', host: this.#machine().host, forMs: this.#random.below(longestMs) }];
  }

  #jumpClock(): readonly FaultAction[] {
    const byMs = this.#random.below(2 * CLOCK_JUMP_MS_MAX) - CLOCK_JUMP_MS_MAX;
    return [{ do: 'jump clock', host: this.#machine().host, byMs }];
  }

  #machine(): Machine {
    return pickOne(this.#random, this.options.machines);
  }
}
