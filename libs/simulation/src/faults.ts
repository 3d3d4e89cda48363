import type { CrashMode, SeededRandom } from '@milena/platform/testing';
import type { Machine } from './machine';
import type { World } from './world';

/** Which faults a run has and how often; drawn from the seed, so that most runs lack some of them (swarm testing). */
export interface FaultMix {
  /** Mean pause between faults, milliseconds; 0 for a run without faults. */
  readonly meanPauseMs: number;
  readonly crashModes: readonly CrashMode[];
  readonly partitions: boolean;
  readonly resets: boolean;
  readonly lossRate: number;
  readonly slowNetwork: boolean;
  /** Power cut of a machine right after it answered a vote: when what was not synced matters most. */
  readonly crashAfterVote: boolean;
  /** Power cut of every machine at once. */
  readonly crashAll: boolean;
}

const CRASH_MODES: readonly CrashMode[] = ['lose-unsynced', 'keep', 'tear'];

/** Draws a mix: one run in ten has no faults, in the others each class is on with even odds. */
export function drawFaultMix(random: SeededRandom): FaultMix {
  const quiet = random.chance(0.1);
  return {
    meanPauseMs: quiet ? 0 : 100 * 2 ** random.below(4),
    crashModes: CRASH_MODES.filter(() => random.chance(0.6)),
    partitions: random.chance(0.5),
    resets: random.chance(0.5),
    lossRate: quiet || random.chance(0.5) ? 0 : 0.001 * 10 ** random.below(2),
    slowNetwork: !quiet && random.chance(0.3),
    crashAfterVote: !quiet && random.chance(0.4),
    crashAll: !quiet && random.chance(0.2),
  };
}

/** Applies a mix to machines until told to heal. */
export class FaultInjector {
  readonly #random: SeededRandom;
  #healed = false;

  constructor(
    private readonly world: World,
    private readonly machines: readonly Machine[],
    private readonly mix: FaultMix,
  ) {
    this.#random = world.random.fork('faults');
  }

  start(): void {
    const { mix, world } = this;
    world.network.setLossRate(mix.lossRate);
    if (mix.slowNetwork) world.network.setLatency({ min: 1, max: 60 });
    if (mix.meanPauseMs > 0) this.#schedule();
    if (mix.crashAfterVote) this.#watchVotes();
  }

  /** Ends every fault and starts every machine. */
  heal(): void {
    this.#healed = true;
    this.world.network.setLossRate(0);
    this.world.network.setLatency({ min: 0.1, max: 2 });
    this.world.network.healAll();
    for (const machine of this.machines) machine.start();
  }

  #schedule(): void {
    const pauseMs = -Math.log(1 - this.#random.fraction()) * this.mix.meanPauseMs;
    this.world.time.timers.after(pauseMs, () => {
      if (this.#healed) return;
      this.#strike();
      this.#schedule();
    });
  }

  #strike(): void {
    const kinds: (() => void)[] = [];
    if (this.mix.crashModes.length > 0) kinds.push(() => this.#crash(this.#pick(this.machines)));
    if (this.mix.partitions) kinds.push(() => this.#partition());
    if (this.mix.resets) kinds.push(() => this.world.network.resetConnections(this.#host(), this.#host()));
    if (this.mix.crashAll) kinds.push(() => this.#crashAll());
    if (kinds.length > 0) this.#pick(kinds)();
  }

  #crash(machine: Machine, mode = this.#pick(this.mix.crashModes)): void {
    machine.crash(mode);
    // Some come back at once, some stay away through an election or two.
    const downMs = this.#random.chance(0.3) ? 1 : this.#random.below(4000);
    this.world.time.timers.after(downMs, () => machine.start());
  }

  #crashAll(): void {
    if (this.#random.chance(0.7) || this.mix.crashModes.length === 0) return;
    for (const machine of this.machines) this.#crash(machine);
  }

  #partition(): void {
    const [from, to] = [this.#host(), this.#host()];
    if (from === to) return;
    const bothWays = this.#random.chance(0.7);
    this.world.network.block(from, to);
    if (bothWays) this.world.network.block(to, from);
    this.world.time.timers.after(this.#random.below(4000), () => {
      this.world.network.heal(from, to);
      this.world.network.heal(to, from);
    });
  }

  #watchVotes(): void {
    const machines = new Map(this.machines.map((machine) => [machine.host, machine]));
    this.world.onDelivery(({ from, method }) => {
      const voter = machines.get(from);
      if (this.#healed || voter === undefined || !method.endsWith('/Vote') || !this.#random.chance(0.1)) return;
      this.world.time.timers.after(this.#random.fraction() * 2, () => {
        if (!this.#healed) this.#crash(voter, 'lose-unsynced');
      });
    });
  }

  #host(): string {
    return this.#pick(this.machines).host;
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}
