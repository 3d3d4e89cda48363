import { emptyImage, type MetadataImage } from '@milena/metadata';
import { uuidFromBytes, type Uuid } from '@milena/model';
import type { Connector } from '@milena/platform';
import type { SeededRandom } from '@milena/platform/testing';
import { createActiveControllerChannel, type ActiveControllerChannel } from '@milena/raft-driver';
import { checkLogMatching } from '../checkers/log-matching';
import { createQuorumCheckers, type QuorumCheckers } from '../checkers/quorum-checkers';
import { drawClockError, TRUE_CLOCK, type ClockError } from '../faults/fault-mix';
import type { Machine } from '../machine';
import type { BatchMark } from '../read-log';
import type { Plant } from '../planted-bugs';
import { voterName } from '../voters-in-log';
import type { World } from '../world';
import { ControllerNode, controllerEndpoint } from './controller-node';
import type { ControllerProgram } from './controller-program';
import { ObserverNode } from './observer-node';
import { NO_SNAPSHOTS, type StorageHabits } from './storage-habits';

/** Shape of a quorum. */
export interface SimulatedQuorumOptions {
  readonly world: World;
  readonly random: SeededRandom;
  readonly voters: number;
  readonly observers: number;
  /** Controllers that are no voters to begin with, in quorums whose voters change. */
  readonly joiners?: number;
  /** Whether controllers that are no voters ask to become one. */
  readonly autoJoin?: boolean;
  /** Whether the configuration says who votes, not the log (kraft.version 0): then nobody joins. */
  readonly isStatic?: boolean;
  /** Whether clocks may be off, and run fast or slow. */
  readonly clockErrors: boolean;
  readonly slowDisks: boolean;
  /** Whether every sync of every machine takes the same time. */
  readonly equalDisks?: boolean;
  /** Defaults of a process, which make no snapshots, unless said otherwise. */
  readonly habits?: StorageHabits;
  readonly plant: Plant;
  /** What each controller runs when it starts next; the program of this package unless said otherwise. */
  readonly program?: ((host: string) => ControllerProgram) | undefined;
}

/** Controllers and observers of one cluster, watched by the checkers of the quorum. */
export class SimulatedQuorum {
  readonly clusterId: Uuid;
  readonly nodes: readonly ControllerNode[];
  readonly observers: readonly ObserverNode[];
  readonly checkers: QuorumCheckers;
  readonly isStatic: boolean;
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #firstVoters: readonly ControllerNode[];

  constructor(options: SimulatedQuorumOptions) {
    const { world, random, slowDisks, plant, program, habits = NO_SNAPSHOTS } = options;
    this.#world = world;
    this.#random = random;
    this.clusterId = uuidFromBytes(random.bytes(16));
    this.checkers = createQuorumCheckers(world, ({ voterId, directoryId }) => {
      const voter = this.nodes.find((node) => node.nodeId === voterId && node.directoryId === directoryId);
      return voter?.machine.decay.wasDamaged === true ? undefined : voter?.disk;
    });
    const drawn = slowDisks ? { min: 1, max: 30 } : { min: 0.2, max: 3 };
    const syncLatencyMs = options.equalDisks === true ? { min: drawn.max, max: drawn.max } : drawn;
    const clocks = random.fork('clocks');
    const clockError = (): ClockError => (options.clockErrors ? drawClockError(clocks) : TRUE_CLOCK);
    const shared = { world, clusterId: this.clusterId, syncLatencyMs, habits, checkers: this.checkers };
    const { voters, joiners = 0, autoJoin = false, isStatic = false } = options;
    const ids = Array.from({ length: voters + joiners }, (_, index) => 101 + index);
    // A joiner, and a voter whose disk was replaced, has nobody else to ask.
    const bootstrapServers = ids.map(controllerEndpoint);
    const asked = { controllers: bootstrapServers, ...(joiners > 0 && { bootstrapServers }) };
    const staticVoters = isStatic ? () => this.#firstVoters.map(({ asVoter }) => asVoter) : undefined;
    const controller = { ...shared, plant, program, autoJoin, staticVoters, ...asked };
    this.isStatic = isStatic;
    this.nodes = ids.map((nodeId) => new ControllerNode({ ...controller, nodeId, clockError: clockError() }));
    this.#firstVoters = this.nodes.slice(0, voters);
    this.observers = Array.from({ length: options.observers }, (_, index) => {
      return new ObserverNode({ ...shared, nodeId: 201 + index, bootstrapServers, clockError: clockError() });
    });
  }

  get machines(): readonly Machine[] {
    return [...this.nodes, ...this.observers].map(({ machine }) => machine);
  }

  /** Host of a controller that takes itself for the leader. */
  get leader(): string | undefined {
    return this.nodes.find(({ isLeading }) => isLeading)?.machine.host;
  }

  /** A way to the active controller for a client that never crashes, outside unless said otherwise. */
  channel(label: string, connector: Connector = this.#world.outside): ActiveControllerChannel {
    const { time, logger } = this.#world;
    const random = this.#random.fork(`channel ${label}`);
    return createActiveControllerChannel({
      platform: { clock: time.clock, timers: time.timers, random, logger },
      connector,
      metadataLog: { leader: () => ({ leaderId: undefined, epoch: 0 }) },
      bootstrap: this.nodes.map(({ endpoint }) => endpoint),
    });
  }

  /** Formats the disks and starts every machine. */
  async start(): Promise<void> {
    const { time } = this.#world;
    const voters = this.#firstVoters.map(({ asVoter }) => asVoter);
    for (const node of this.nodes) {
      const isKnown = this.#firstVoters.includes(node) && !this.isStatic;
      await time.resolve(node.format(isKnown ? { kind: 'initial', voters } : { kind: 'none' }));
    }
    for (const node of this.observers) await time.resolve(node.format());
    for (const machine of this.machines) machine.start();
  }

  /** The newest committed metadata that any controller holds. */
  image(): MetadataImage {
    let newest = emptyImage;
    for (const { machine, controller } of this.nodes) {
      const image = machine.isRunning ? controller?.committedImage() : undefined;
      if (image !== undefined && image.provenance.offset > newest.provenance.offset) newest = image;
    }
    return newest;
  }

  checkAfterEvent(): void {
    for (const node of this.nodes) node.checkLeadership();
  }

  /** R3, R5 and R8, as far as the files and images of running nodes go; in the end every snapshot is read. */
  checkState(isEnd = false): void {
    const logs = new Map<string, readonly BatchMark[]>();
    for (const node of [...this.nodes, ...this.observers]) {
      const marks = node.log();
      if (marks !== undefined) logs.set(node.machine.host, marks);
      node.checkSnapshots(isEnd);
    }
    checkLogMatching(this.#world, logs);
    for (const [host, image] of this.#images()) this.checkers.truth.has(host, image);
  }

  /** Offset of the last record that is known to be committed. */
  get committedEnd(): number {
    return this.checkers.truth.image.provenance.offset;
  }

  /**
   * L1, L2, R5: with everything healed there is one leader, and every node has every record up to `end`, the committed end
   * of a moment ago: an idle controller writes one every half second, which cannot be everywhere at once.
   */
  checkConverged(end: number): void {
    const leaders = this.nodes.filter(({ isLeading }) => isLeading).map(({ nodeId }) => nodeId);
    if (leaders.length !== 1) {
      this.#world.report('L2 one leader after healing', `leaders: ${leaders.join(', ') || 'none'}`);
    }
    for (const [host, image] of this.#images()) {
      const { offset } = image.provenance;
      if (offset < end) this.#world.report('L1 progress after healing', `${host} has ${offset} of ${end}`);
    }
    this.#checkVoters(end);
    this.checkState(true);
  }

  /** R9: of what is committed, every log has the same voters. */
  #checkVoters(end: number): void {
    const ruling = new Map<string, string>();
    for (const node of this.nodes) {
      if (!node.machine.isRunning || node.machine.decay.isDamaged) continue;
      const last = node.votersOnDisk().findLast(({ offset }) => offset < end);
      // A log that was cleaned meanwhile knows no more what was true at that offset.
      if (last !== undefined) ruling.set(last.voters.map(voterName).toSorted().join(', '), node.machine.host);
    }
    if (ruling.size <= 1) return;
    const texts = [...ruling].map(([names, host]) => `${host}: ${names}`);
    this.#world.report('R9 voter changes', `the logs differ in who votes: ${texts.join('; ')}`);
  }

  *#images(): Iterable<readonly [host: string, image: MetadataImage]> {
    for (const { machine, controller } of this.nodes) {
      if (machine.isRunning && controller !== undefined) yield [machine.host, controller.committedImage()];
    }
    for (const node of this.observers) {
      const image = node.image();
      if (image !== undefined) yield [node.machine.host, image];
    }
  }
}
