import { unreachable } from '@milena/model';
import type { CrashMode, SeededRandom } from '@milena/platform/testing';
import type { ChoiceStream } from '../choices/choice-stream';
import type { FaultAction } from './fault-action';
import { FaultDraws } from './fault-draws';
import { STRAGGLER_MS_MAX, type FaultMix } from './fault-mix';
import type { Machine } from '../machine';
import type { World } from '../world';

/** What faults are applied to. */
export interface FaultTargets {
  readonly world: World;
  /** Machines that may crash. */
  readonly machines: readonly Machine[];
  /** Hosts between which connections may break and ways be cut; the machines' unless said otherwise. */
  readonly hosts?: readonly string[];
  /** Machines whose disk may decay. None unless said otherwise. */
  readonly fragile?: readonly Machine[];
  /** Whether the disk of this one may decay now: fewer than a majority may have lost something at a time. */
  readonly mayDecay?: (machine: Machine) => boolean;
  /** Host of a leader, which is cut off from the others more often than they are. */
  readonly leader?: () => string | undefined;
  /** Crashes a machine can bear of those in the mix; all unless said otherwise. */
  readonly bears?: (machine: Machine, mode: CrashMode) => boolean;
}

/** Applies a mix to machines until told to heal. */
export class FaultInjector {
  readonly #random: SeededRandom;
  readonly #stream: ChoiceStream<FaultAction>;
  readonly #draws: FaultDraws;
  readonly #machines: ReadonlyMap<string, Machine>;
  readonly #fragile: readonly Machine[];
  #healed = false;

  constructor(
    private readonly targets: FaultTargets,
    private readonly mix: FaultMix,
  ) {
    const { world, machines } = targets;
    this.#random = world.random.fork('faults');
    this.#stream = world.choices.stream('faults');
    this.#machines = new Map(machines.map((machine) => [machine.host, machine]));
    this.#fragile = targets.fragile ?? [];
    this.#draws = new FaultDraws({
      random: this.#random,
      mix,
      machines,
      fragile: this.#fragile,
      hosts: targets.hosts ?? machines.map(({ host }) => host),
      leader: () => targets.leader?.(),
      bears: (machine, mode) => this.#bears(machine, mode),
    });
  }

  start(): void {
    const { world } = this.targets;
    const { choices, network } = world;
    network.setLossRate(choices.setting('loss rate', this.mix.lossRate, [0]));
    const duplicateRate = choices.setting('duplicate rate', this.mix.duplicateRate, [0]);
    network.setDuplicates(duplicateRate, (method) => method.startsWith('/milena.raft.'));
    const stragglerRate = choices.setting('straggler rate', this.mix.stragglerRate, [0]);
    network.setStragglers(stragglerRate, STRAGGLER_MS_MAX);
    if (choices.setting('slow network', this.mix.slowNetwork, [false])) network.setLatency({ min: 1, max: 60 });
    if (this.#stream.isScripted || this.mix.meanPauseMs > 0) void this.#run();
    if (!this.#stream.isScripted && this.mix.crashAfterVote) this.#watchVotes();
  }

  /** Ends every fault and starts every machine. */
  heal(): void {
    this.#healed = true;
    this.#stream.end();
    const { network } = this.targets.world;
    network.setLossRate(0);
    network.setDuplicates(0, () => false);
    network.setLatency({ min: 0.1, max: 2 });
    network.setStragglers(0, 0);
    network.hurryStragglers();
    network.healAll();
    for (const machine of this.targets.machines) {
      machine.heal();
      machine.start();
    }
  }

  async #run(): Promise<void> {
    for (;;) {
      const action = await this.#stream.next(
        () => this.#draws.pauseMs(),
        () => this.#draws.next(),
      );
      if (action === undefined) return;
      this.#perform(action);
    }
  }

  /** A script may have lost the machine, or what made the action possible: then nothing happens. */
  #perform(action: FaultAction): void {
    const { network } = this.targets.world;
    switch (action.do) {
      case 'cut':
        return this.#cut(
          [[action.from, action.to], ...(action.bothWays ? [[action.to, action.from] as const] : [])],
          action.forMs,
        );
      case 'isolate':
        return this.#isolate(action.host, action.forMs);
      case 'flap':
        return this.#flap(action);
      case 'reset':
        return network.resetConnections(action.left, action.right);
      default: {
        const machine = this.#machines.get(action.host);
        return machine && this.#performOn(machine, action);
      }
    }
  }

  #performOn(machine: Machine, action: Exclude<FaultAction, { do: 'cut' | 'isolate' | 'flap' | 'reset' }>): void {
    const { timers } = this.targets.world.time;
    switch (action.do) {
      case 'crash':
        if (!this.#bears(machine, action.mode)) return;
        machine.crash(action.mode);
        return void timers.after(action.downMs, () => machine.start());
      case 'start':
        return void timers.after(action.afterMs, () => machine.start());
      case 'pause':
        if (!machine.isRunning) return;
        machine.pause();
        return void timers.after(action.forMs, () => machine.resume());
      case 'fail sync':
        return machine.failNextSync(action.file);
      case 'fail read':
        return machine.failNextRead(action.file);
      case 'fill disk':
        return machine.fillDisk(action.freeBytes);
      case 'stall disk':
        return machine.stallDisk(action.forMs);
      case 'jump clock':
        return machine.jumpClock(action.byMs);
      case 'flip bit':
      case 'lose sector':
        return this.#decay(machine, action);
      default:
        return unreachable(action);
    }
  }

  /** What a machine synced long ago is found changed at its next start, or when the process reads it again. */
  #decay(machine: Machine, action: Extract<FaultAction, { do: 'flip bit' | 'lose sector' }>): void {
    const { world } = this.targets;
    if (!this.#fragile.includes(machine) || !machine.isRunning || machine.decay.isDamaged || machine.decay.isRotten)
      return;
    if (this.targets.mayDecay?.(machine) === false) return;
    const { file, position, downMs } = action;
    if (downMs !== undefined) machine.crash('lose-unsynced');
    if (action.do === 'flip bit') {
      if (machine.decay.flipBit(file, position)) world.mark('a bit of a log was flipped');
    } else if (machine.decay.loseSector(file, position, action.holds)) world.mark('a sector of a log was lost');
    if (downMs !== undefined) world.time.timers.after(downMs, () => machine.start());
  }

  #isolate(alone: string, forMs: number): void {
    const others = this.targets.machines.map(({ host }) => host).filter((host) => host !== alone);
    this.#cut(
      others.flatMap((other) => [[alone, other] as const, [other, alone] as const]),
      forMs,
    );
  }

  #cut(ways: readonly (readonly [from: string, to: string])[], forMs: number): void {
    const { network, time } = this.targets.world;
    for (const [from, to] of ways) network.block(from, to);
    time.timers.after(forMs, () => {
      for (const [from, to] of ways) network.heal(from, to);
    });
  }

  #flap({ left, right, times, eachMs }: Extract<FaultAction, { do: 'flap' }>): void {
    if (times === 0 || this.#healed) return;
    this.#cut(
      [
        [left, right],
        [right, left],
      ],
      eachMs,
    );
    const next = { do: 'flap', left, right, times: times - 1, eachMs } as const;
    this.targets.world.time.timers.after(2 * eachMs, () => this.#flap(next));
  }

  /** A power cut right after a vote. */
  #watchVotes(): void {
    const { world } = this.targets;
    world.onDelivery(({ from, method }) => {
      const voter = this.#machines.get(from);
      if (this.#healed || voter === undefined || !method.endsWith('/Vote') || !this.#random.chance(0.1)) return;
      this.#stream.after(
        this.#random.fraction() * 2,
        () => this.#draws.crash(voter, ['lose-unsynced']),
        (action) => this.#perform(action),
      );
    });
  }

  #bears(machine: Machine, mode: CrashMode): boolean {
    return this.targets.bears?.(machine, mode) ?? true;
  }
}
