import type { CrashMode, SeededRandom } from '@milena/platform/testing';
import type { FaultMix } from './fault-mix';
import type { Machine } from './machine';
import type { World } from './world';

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
    world.network.setDuplicates(mix.duplicateRate, (method) => method.startsWith('/milena.raft.'));
    if (mix.slowNetwork) world.network.setLatency({ min: 1, max: 60 });
    if (mix.meanPauseMs > 0) this.#schedule();
    if (mix.crashAfterVote) this.#watchVotes();
  }

  /** Ends every fault and starts every machine. */
  heal(): void {
    this.#healed = true;
    this.targets.world.network.setLossRate(0);
    this.targets.world.network.setDuplicates(0, () => false);
    this.targets.world.network.setLatency({ min: 0.1, max: 2 });
    this.targets.world.network.healAll();
    for (const machine of this.targets.machines) {
      machine.heal();
      machine.start();
    }
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
    if (this.mix.pauses) kinds.push(() => this.#pause(this.#pick(this.targets.machines)));
    if (this.mix.failedSyncs) kinds.push(() => this.#pick(this.targets.machines).failNextSync());
    if (this.mix.fullDisks) kinds.push(() => this.#pick(this.targets.machines).fillDisk(this.#random.below(2000)));
    if (this.mix.bitFlips) kinds.push(() => this.#decay());
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

  #pause(machine: Machine): void {
    if (!machine.isRunning) return;
    machine.pause();
    // Some are gone for a moment, some for longer than any timeout of the quorum.
    const stoppedMs = this.#random.chance(0.3) ? this.#random.below(100) : this.#random.below(8000);
    this.targets.world.time.timers.after(stoppedMs, () => machine.resume());
  }

  /** Bits of what a machine synced long ago are found flipped at its next start. */
  #decay(): void {
    const { world, machines } = this.targets;
    const fragile = machines.slice(0, Math.floor((machines.length - 1) / 2));
    if (fragile.length === 0) return;
    const machine = this.#pick(fragile);
    if (!machine.isRunning || machine.isDamaged) return;
    machine.crash('lose-unsynced');
    if (machine.flipBit(this.#random.fraction(), this.#random.fraction())) world.mark('a bit of a log was flipped');
    world.time.timers.after(this.#random.below(2000), () => machine.start());
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
