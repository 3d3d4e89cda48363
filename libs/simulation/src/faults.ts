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

/** What faults are applied to. */
export interface FaultTargets {
  readonly world: World;
  /** Machines that may crash. */
  readonly machines: readonly Machine[];
  /** Hosts between which connections may break and ways be cut; the machines' unless said otherwise. */
  readonly hosts?: readonly string[];
  /** Crashes a machine can bear of those in the mix; all unless said otherwise. */
  readonly bears?: (machine: Machine, mode: CrashMode) => boolean;
}

/** Applies a mix to machines until told to heal. */
export class FaultInjector {
  readonly #random: SeededRandom;
  readonly #hosts: readonly string[];
  #healed = false;

  constructor(
    private readonly targets: FaultTargets,
    private readonly mix: FaultMix,
  ) {
    this.#random = targets.world.random.fork('faults');
    this.#hosts = targets.hosts ?? targets.machines.map(({ host }) => host);
  }

  start(): void {
    const { mix } = this;
    const { world } = this.targets;
    world.network.setLossRate(mix.lossRate);
    if (mix.slowNetwork) world.network.setLatency({ min: 1, max: 60 });
    if (mix.meanPauseMs > 0) this.#schedule();
    if (mix.crashAfterVote) this.#watchVotes();
  }

  /** Ends every fault and starts every machine. */
  heal(): void {
    this.#healed = true;
    this.targets.world.network.setLossRate(0);
    this.targets.world.network.setLatency({ min: 0.1, max: 2 });
    this.targets.world.network.healAll();
    for (const machine of this.targets.machines) machine.start();
  }

  #schedule(): void {
    const pauseMs = -Math.log(1 - this.#random.fraction()) * this.mix.meanPauseMs;
    this.targets.world.time.timers.after(pauseMs, () => {
      if (this.#healed) return;
      this.#strike();
      this.#schedule();
    });
  }

  #strike(): void {
    const kinds: (() => void)[] = [];
    if (this.mix.crashModes.length > 0) kinds.push(() => this.#crash(this.#pick(this.targets.machines)));
    if (this.mix.partitions)
      kinds.push(
        () => this.#partition(),
        () => this.#isolate(),
      );
    if (this.mix.resets) kinds.push(() => this.targets.world.network.resetConnections(this.#host(), this.#host()));
    if (this.mix.crashAll) kinds.push(() => this.#crashAll());
    if (kinds.length > 0) this.#pick(kinds)();
  }

  #crash(machine: Machine, wanted?: CrashMode): void {
    const { bears } = this.targets;
    const modes = wanted === undefined ? this.mix.crashModes : [wanted];
    const borne = modes.filter((mode) => bears?.(machine, mode) ?? true);
    if (borne.length === 0) return;
    machine.crash(this.#pick(borne));
    // Some come back at once, some stay away through an election or two.
    const downMs = this.#random.chance(0.3) ? 1 : this.#random.below(4000);
    this.targets.world.time.timers.after(downMs, () => machine.start());
  }

  #crashAll(): void {
    if (this.#random.chance(0.7) || this.mix.crashModes.length === 0) return;
    for (const machine of this.targets.machines) this.#crash(machine);
  }

  #partition(): void {
    const [from, to] = [this.#host(), this.#host()];
    if (from === to) return;
    this.#cut([[from, to], ...(this.#random.chance(0.7) ? [[to, from] as const] : [])]);
  }

  /** One host sees none of the machines any more, nor they it; others outside may still see it. */
  #isolate(): void {
    const alone = this.#host();
    const others = this.targets.machines.map(({ host }) => host).filter((host) => host !== alone);
    this.#cut(others.flatMap((other) => [[alone, other] as const, [other, alone] as const]));
  }

  #cut(ways: readonly (readonly [from: string, to: string])[]): void {
    const { network, time } = this.targets.world;
    for (const [from, to] of ways) network.block(from, to);
    time.timers.after(this.#random.below(4000), () => {
      for (const [from, to] of ways) network.heal(from, to);
    });
  }

  #watchVotes(): void {
    const machines = new Map(this.targets.machines.map((machine) => [machine.host, machine]));
    this.targets.world.onDelivery(({ from, method }) => {
      const voter = machines.get(from);
      if (this.#healed || voter === undefined || !method.endsWith('/Vote') || !this.#random.chance(0.1)) return;
      this.targets.world.time.timers.after(this.#random.fraction() * 2, () => {
        if (!this.#healed) this.#crash(voter, 'lose-unsynced');
      });
    });
  }

  #host(): string {
    return this.#pick(this.#hosts);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}
