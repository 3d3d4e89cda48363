import { unreachable, type ErrorName } from '@milena/model';
import type { SeededRandom } from '@milena/platform/testing';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { VoterEntry } from '@milena/record-batch';
import type { ChoiceStream } from '../choices/choice-stream';
import type { Machine } from '../machine';
import type { ControllerNode } from '../nodes/controller-node';
import type { ObserverNode } from '../nodes/observer-node';
import type { SimulatedQuorum } from '../nodes/simulated-quorum';
import type { World } from '../world';
import { VoterBudget } from './voter-budget';
import { VoterRpcs } from './voter-rpcs';

/** How often the operator looks after a healing whether something is left to do. */
const ATTEMPTS = 50;
/** Answers after which a change is certainly not carried out any more. */
const REFUSED: ReadonlySet<ErrorName> = new Set(['VOTER_NOT_FOUND', 'DUPLICATE_VOTER', 'INVALID_REQUEST']);

/** One thing an operator does. */
export type OperatorAction =
  | { readonly do: 'add voter'; readonly id: number }
  | { readonly do: 'remove voter'; readonly id: number }
  /** A controller gets an empty disk, formatted to join. */
  | { readonly do: 'replace disk'; readonly id: number }
  | { readonly do: 'replace observer disk'; readonly id: number }
  /** The voters of the configuration become voters of the log. */
  | { readonly do: 'raise kraft.version' };

/** What an operator looks after. */
export interface VoterOperatorOptions {
  readonly world: World;
  readonly quorum: SimulatedQuorum;
  readonly controllers: ActiveControllerChannel;
  readonly meanPauseMs: number;
  /** Whether it changes the voters and their disks; otherwise only disks of observers, and voters whose disk is refused. */
  readonly changesVoters: boolean;
}

/**
 * Adds and removes voters, the leader too, and replaces disks, those that are refused above all, as an operator who knows what
 * the quorum bears; not waiting for one change before asking for the next, and not knowing what became of those that nobody
 * answered.
 */
export class VoterOperator {
  readonly #random: SeededRandom;
  readonly #stream: ChoiceStream<OperatorAction>;
  readonly #rpcs: VoterRpcs;
  readonly #budget: VoterBudget;

  constructor(private readonly options: VoterOperatorOptions) {
    const { world, quorum } = options;
    this.#random = world.random.fork('operator');
    this.#stream = world.choices.stream('operator');
    this.#rpcs = new VoterRpcs(options);
    this.#budget = new VoterBudget(world, quorum.nodes, quorum.checkers.voterChanges);
  }

  /** Works until stopped. */
  async run(): Promise<void> {
    for (;;) {
      const action = await this.#stream.next(
        () => -Math.log(1 - this.#random.fraction()) * this.options.meanPauseMs,
        () => this.#draw(),
      );
      if (action === undefined) return;
      this.#perform(action);
    }
  }

  stop(): void {
    this.#stream.end();
  }

  /** Whether the quorum bears that something on the disk of this machine is lost. */
  bears(machine: Machine): boolean {
    const node = this.options.quorum.nodes.find((each) => each.machine === machine);
    // Nobody counts on what an observer has.
    return node === undefined || this.#budget.mayLose(node);
  }

  /**
   * With everything healed: disks that are refused are replaced, and unless the voters change anyway lost voters are followed
   * by those on the new disks.
   */
  async makeWhole(): Promise<void> {
    const { quorum, world, changesVoters } = this.options;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const refused = [...this.#replaceable, ...quorum.observers].filter(({ machine }) => machine.decay.isRefused);
      for (const node of refused) void this.#replace(node);
      const mending = changesVoters ? undefined : this.#mending();
      if (mending?.do === 'remove voter') await this.#removeById(mending.id);
      if (mending?.do === 'add voter') await this.#add(mending.id);
      await new Promise<void>((resolve) => world.time.timers.after(100, resolve));
    }
  }

  /** With everything healed: a controller that does not vote is made a voter, or else a follower is removed. True when done. */
  async changeOnce(): Promise<boolean> {
    const { nodes } = this.options.quorum;
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const ruling = this.#ruling;
      const lost = ruling.find((voter) => !this.#budget.isIntact(voter));
      const newcomer = nodes.find((node) => node.machine.isRunning && !isAmong(ruling, node.nodeId));
      const follower = ruling.find(({ voterId }) => nodes.some((node) => node.nodeId === voterId && !node.isLeading));
      const removed = lost ?? (newcomer === undefined ? follower : undefined);
      const isDone =
        removed !== undefined
          ? await this.#remove(removed)
          : newcomer === undefined || (await this.#add(newcomer.nodeId));
      if (isDone) return true;
      await new Promise<void>((resolve) => this.options.world.time.timers.after(50, resolve));
    }
    return false;
  }

  /** Controllers that may get another disk: on it a static voter would be taken for the one that it was. */
  get #replaceable(): readonly ControllerNode[] {
    const { nodes, isStatic } = this.options.quorum;
    return isStatic ? [] : nodes;
  }

  /** The voters that rule, or will when the last change is committed. */
  get #ruling(): readonly VoterEntry[] {
    return this.#budget.sets.at(-1)?.voters ?? [];
  }

  #draw(): OperatorAction | undefined {
    const { quorum, changesVoters } = this.options;
    const observer = quorum.observers.find(({ machine }) => machine.decay.isRefused) ?? this.#pick(quorum.observers);
    const ofObserver = observer && { do: 'replace observer disk' as const, id: observer.nodeId };
    if (quorum.isStatic && this.#random.chance(0.1)) return { do: 'raise kraft.version' };
    const refused = this.#replaceable.find(({ machine }) => machine.decay.isRefused);
    if (refused !== undefined && this.#random.chance(0.5)) return { do: 'replace disk', id: refused.nodeId };
    if (!changesVoters && this.#random.chance(0.7)) return this.#mending() ?? ofObserver;
    if (!changesVoters || this.#random.chance(0.1)) return ofObserver;
    const ruling = this.#ruling;
    const lost = ruling.filter((voter) => !this.#budget.isIntact(voter));
    const choice = this.#random.below(10);
    if (lost.length > 0 && choice < 4) return this.#removal(this.#pick(lost));
    if (choice < 6) return this.#addition(ruling);
    if (choice < 8) {
      const leader = quorum.nodes.find(({ isLeading }) => isLeading);
      const own = ruling.find(({ voterId }) => voterId === leader?.nodeId);
      return this.#removal(own !== undefined && this.#random.chance(0.5) ? own : this.#pick(ruling));
    }
    const node = this.#pick(quorum.nodes);
    return node && this.#budget.mayLose(node) ? { do: 'replace disk', id: node.nodeId } : undefined;
  }

  /** What makes a controller vote again whose disk was replaced. */
  #mending(): OperatorAction | undefined {
    const { nodes } = this.options.quorum;
    if (!nodes.some(({ hasNewDisk }) => hasNewDisk)) return undefined;
    const ruling = this.#ruling;
    const lost = ruling.find((voter) => !this.#budget.isIntact(voter));
    if (lost !== undefined) return this.#removal(lost);
    const newcomer = nodes.find((node) => node.machine.isRunning && !isAmong(ruling, node.nodeId));
    return newcomer && { do: 'add voter', id: newcomer.nodeId };
  }

  #addition(ruling: readonly VoterEntry[]): OperatorAction | undefined {
    const { nodes } = this.options.quorum;
    // Now and then one that votes already: that must be refused.
    const candidates = this.#random.chance(0.9) ? nodes.filter(({ nodeId }) => !isAmong(ruling, nodeId)) : nodes;
    const node = this.#pick(candidates);
    return node && { do: 'add voter', id: node.nodeId };
  }

  #removal(voter: VoterEntry | undefined): OperatorAction | undefined {
    if (voter === undefined || !this.#budget.mayRemove(voter)) return undefined;
    return { do: 'remove voter', id: voter.voterId };
  }

  /** What a script has made too much for the quorum is not done. */
  #perform(action: OperatorAction): void {
    const { quorum } = this.options;
    switch (action.do) {
      case 'add voter':
        return void this.#add(action.id);
      case 'remove voter':
        return void this.#removeById(action.id);
      case 'replace disk': {
        const node = this.#replaceable.find(({ nodeId }) => nodeId === action.id);
        if (node === undefined || !(node.machine.decay.isRefused || this.#budget.mayLose(node))) return;
        return void this.#replace(node);
      }
      case 'replace observer disk': {
        const node = quorum.observers.find(({ nodeId }) => nodeId === action.id);
        return node && void this.#replace(node);
      }
      case 'raise kraft.version':
        return void this.#raiseKraftVersion();
      default:
        return unreachable(action);
    }
  }

  async #replace(node: ControllerNode | ObserverNode): Promise<void> {
    const { world } = this.options;
    if (node.machine.decay.isRefused) world.mark('a refused disk was replaced');
    world.note(`replace the disk of ${node.machine.host}`);
    await node.replaceDisk();
  }

  async #removeById(id: number): Promise<void> {
    const entry = this.#ruling.find(({ voterId }) => voterId === id);
    if (entry !== undefined && this.#budget.mayRemove(entry)) await this.#remove(entry);
  }

  async #add(id: number): Promise<boolean> {
    const { quorum, world } = this.options;
    const node = quorum.nodes.find(({ nodeId }) => nodeId === id);
    // One that is being formatted has no directory yet.
    if (node === undefined || node.directoryId === '') return false;
    const error = await this.#rpcs.add(node);
    if (error === 'NONE' && node.hasNewDisk) world.mark('a voter came back with another disk');
    return error === 'NONE';
  }

  async #remove(voter: VoterEntry): Promise<boolean> {
    this.#budget.isUnsure(voter);
    const error = await this.#rpcs.remove(voter);
    if (error === 'NONE' || REFUSED.has(error)) this.#budget.isSettled(voter);
    return error === 'NONE';
  }

  async #raiseKraftVersion(): Promise<void> {
    if (await this.#rpcs.raiseKraftVersion()) this.options.world.mark('static voters became voters of the log');
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#random.below(Math.max(1, items.length))];
  }
}

function isAmong(voters: readonly VoterEntry[], id: number): boolean {
  return voters.some(({ voterId }) => voterId === id);
}
