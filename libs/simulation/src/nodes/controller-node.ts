import type { ControllerServer } from '@milena/controller-server';
import type { ServiceHost } from '@milena/platform';
import type { MemoryServer } from '@milena/platform/testing';
import { uuidFromBytes, type Endpoint, type Uuid } from '@milena/model';
import {
  createRaftDriver,
  formatStorage,
  metadataFolder,
  readQuorumState,
  type FirstVoter,
  type FirstVoters,
  type RaftDriver,
  type StaticVoter,
  UnusableQuorumState,
} from '@milena/raft-driver';
import type { QuorumState } from '@milena/raft';
import type { ClockError } from '../faults/fault-mix';
import type { VoterDisk } from '../checkers/durable-commit';
import type { LeaderFiles } from '../checkers/leader-completeness';
import type { QuorumCheckers } from '../checkers/quorum-checkers';
import type { Plant } from '../planted-bugs';
import { Machine, type ProcessLife } from '../machine';
import { readLog, type BatchMark } from '../read-log';
import { attachControllerServer } from './attach-controller-server';
import type { ControllerProgram } from './controller-program';
import { plantInPlatform } from './planted-ports';
import { LeadershipWatch } from './leadership-watch';
import { RoleGauge } from './role-gauge';
import { newestSnapshotEnd, SnapshotWatch } from './snapshot-watch';
import { NO_SNAPSHOTS, type StorageHabits } from './storage-habits';
import { voterName, VotersInLog, votersOnDisk, type LoggedVoters, type VotingLog } from '../voters-in-log';
import type { World } from '../world';

const LOG_FOLDER = '/data';
const CONTROLLER_PORT = 9093;
const BOTH_VERSIONS = { kraftVersionMin: 0, kraftVersionMax: 1 };

/** Where a controller serves. */
export function controllerEndpoint(nodeId: number): Endpoint {
  return { host: `controller-${nodeId}`, port: CONTROLLER_PORT };
}

/** A controller of a simulated quorum, before its machine is started. */
export interface ControllerNodeOptions {
  readonly world: World;
  readonly clusterId: Uuid;
  readonly nodeId: number;
  readonly syncLatencyMs: { readonly min: number; readonly max: number };
  readonly plant: Plant;
  readonly clockError?: ClockError;
  /** Defaults of a process, which make no snapshots, unless said otherwise. */
  readonly habits?: StorageHabits;
  /** Whom to ask while no leader is known, besides the voters. */
  readonly bootstrapServers?: readonly Endpoint[];
  /** Whom a node asks whose disk was replaced. */
  readonly controllers?: readonly Endpoint[];
  /** Whether it asks to become a voter. */
  readonly autoJoin?: boolean;
  /** The voters of a quorum formatted without a voter set (kraft.version 0), once their disks are formatted. */
  readonly staticVoters?: (() => readonly FirstVoter[]) | undefined;
  /** What a host runs when it starts next; the program of this package unless said otherwise. */
  readonly program?: ((host: string) => ControllerProgram) | undefined;
  readonly checkers: QuorumCheckers;
}

/** One controller: the production raft driver and controller server on a machine that can crash. */
export class ControllerNode {
  readonly machine: Machine;
  readonly endpoint: Endpoint;
  /** The driver of the present life. */
  driver: RaftDriver | undefined;
  /** The controller of the present life. */
  controller: ControllerServer | undefined;
  readonly #folder = metadataFolder(LOG_FOLDER);
  readonly #snapshots: SnapshotWatch;
  readonly #watch: LeadershipWatch;
  #recovered = false;
  /** Set from the flip of a bit on: the voter sets that its log had, until it has all again that it ever acknowledged. */
  #doubted: readonly LoggedVoters[] | undefined;
  #directoryId: Uuid;
  #disks = 1;

  constructor(readonly options: ControllerNodeOptions) {
    const { world, nodeId, syncLatencyMs, clockError, checkers } = options;
    this.endpoint = controllerEndpoint(nodeId);
    const { host } = this.endpoint;
    this.#directoryId = uuidFromBytes(world.random.fork(`directory ${host}`).bytes(16));
    const start = (life: ProcessLife): void => this.#start(life);
    const logger = world.logger.child({ host });
    this.#snapshots = new SnapshotWatch({ world, host, folder: this.#folder, contents: checkers.snapshotContents });
    this.machine = new Machine({
      world,
      host,
      syncLatencyMs,
      logger,
      start,
      onRename: (path) => this.#snapshots.renames(this.machine.disk, path),
      onDecay: () => (this.#doubted = this.votersOnDisk()),
      ...(clockError && { clockError }),
    });
    this.#watch = new LeadershipWatch({
      world,
      machine: this.machine,
      voterId: nodeId,
      checkers,
      voters: new VotersInLog(this.#votingLog),
      staticVoters: () => this.#votingLog.staticVoters?.() ?? [],
      log: () => this.log(),
      files: () => this.#leaderFiles(),
    });
  }

  /** Of the disk it has now. */
  get directoryId(): Uuid {
    return this.#directoryId;
  }

  get nodeId(): number {
    return this.options.nodeId;
  }

  /** As an initial voter of the quorum. */
  get asVoter(): FirstVoter {
    return {
      voterId: this.nodeId,
      directoryId: this.directoryId,
      endpoints: [{ name: 'CONTROLLER', ...this.endpoint }],
    };
  }

  /** Whether it runs and takes itself for the leader. */
  get isLeading(): boolean {
    return this.machine.isRunning && this.driver?.leader().leaderId === this.nodeId;
  }

  /** Its disk, for checks that look at what a power cut would leave. */
  get disk(): VoterDisk {
    return { disk: this.machine.disk, folder: this.#folder };
  }

  /** Formats its disk: with the first voters, this one among them, or to join a quorum that is there. */
  async format(voters: FirstVoters): Promise<void> {
    const { world, clusterId, nodeId } = this.options;
    const random = world.random.fork(`format ${nodeId} ${this.#disks}`);
    const [folder] = await formatStorage({
      platform: { disk: this.machine.disk, clock: world.time.clock, random },
      logFolders: [LOG_FOLDER],
      metadataLogFolder: LOG_FOLDER,
      clusterId,
      nodeId,
      voters,
    });
    this.#directoryId = folder?.properties.directoryId ?? this.#directoryId;
  }

  /** Puts an empty disk in place of the one it has, and starts on it: the voter that it was is gone. */
  replaceDisk(): Promise<void> {
    return this.machine.repair(() => {
      this.machine.disk.wipe();
      this.machine.decay.replaced();
      this.#doubted = undefined;
      this.options.checkers.durableVotes.forget(this.nodeId);
      this.options.checkers.voterChanges.forget(this.endpoint.host);
      this.#disks += 1;
      this.#directoryId = '';
      return this.format({ kind: 'none' });
    });
  }

  /** Whether its disk is not the first one. */
  get hasNewDisk(): boolean {
    return this.#disks > 1;
  }

  /** Whether its disk has all that it ever acknowledged, or it runs and has it again. */
  get isWhole(): boolean {
    return this.#doubted === undefined && !this.machine.decay.isRotten;
  }

  /** The voter sets in its log files, be it up or down; of a damaged log those that it had. */
  votersOnDisk(): readonly LoggedVoters[] {
    return this.#doubted ?? votersOnDisk(this.#votingLog);
  }

  /** Reported to the checkers after each event. */
  checkLeadership(): void {
    this.#watch.look();
    const { machine, controller } = this;
    if (machine.isAwake && controller !== undefined) {
      const { oneActive } = this.options.checkers;
      oneActive.look(machine.host, controller.isActive(), this.isLeading, machine.worksSinceMs);
    }
    // A voter that has yet to fetch what was lost is not healthy.
    const isLooked = this.machine.isRunning && this.#recovered && !this.machine.decay.isDamaged;
    if (this.#doubted !== undefined && isLooked && this.driver?.health() === true) this.#doubted = undefined;
  }

  /** The batches in its log files; undefined while the machine is down or recovers, when a torn tail is no one's truth. */
  log(): readonly BatchMark[] | undefined {
    if (!this.machine.isRunning || !this.#recovered || this.machine.decay.isDamaged) return undefined;
    return readLog(this.machine.disk, this.#folder);
  }

  /** R8, as far as names go; in the end, of every snapshot on its disk. */
  checkSnapshots(isEnd: boolean): void {
    if (!this.machine.isRunning || !this.#recovered || this.machine.decay.isDamaged) return;
    this.#snapshots.checkStart(this.machine.disk);
    if (isEnd) this.#snapshots.checkFiles(this.machine.disk, (path) => this.machine.decay.isChanged(path));
  }

  get #votingLog(): VotingLog {
    const { staticVoters } = this.options;
    const entries = staticVoters && (() => staticVoters().map((voter) => ({ ...voter, ...BOTH_VERSIONS })));
    return { disk: this.machine.disk, folder: this.#folder, staticVoters: entries };
  }

  #leaderFiles(): LeaderFiles | undefined {
    const marks = this.log();
    return marks && { marks, snapshotEnd: newestSnapshotEnd(this.machine.disk.list(this.#folder)) };
  }

  /** As the server is about to read them; undefined when there are none, or when it must refuse them. */
  #votes(): QuorumState | undefined {
    try {
      return readQuorumState(this.machine.disk, this.#folder);
    } catch (error) {
      if (error instanceof UnusableQuorumState && this.machine.decay.isDamaged) return undefined;
      throw error;
    }
  }

  #start(life: ProcessLife): void {
    const { world, clusterId, nodeId, plant, checkers, habits = NO_SNAPSHOTS } = this.options;
    this.#snapshots.starts(this.machine.disk);
    const restored = this.#votes();
    if (restored !== undefined) checkers.durableVotes.starts(nodeId, this.directoryId, restored);
    if (restored?.leaderId === nodeId) checkers.whoVotes.hasLed(nodeId, restored.leaderEpoch);
    const server = life.network.server(CONTROLLER_PORT);
    const gauge = new RoleGauge();
    const driver = createRaftDriver({
      platform: { ...plantInPlatform(life.platform, plant.port), meter: gauge.meter },
      nodeId,
      directoryId: this.directoryId,
      clusterId,
      role: 'voter',
      logFolder: LOG_FOLDER,
      connector: life.network.connector,
      serviceHost: this.#watched(server),
      bootstrapServers: this.options.bootstrapServers ?? (this.hasNewDisk ? this.options.controllers : undefined) ?? [],
      autoJoin: this.options.autoJoin ?? false,
      ...(this.options.staticVoters && { staticVoters: this.options.staticVoters().map(asStaticVoter) }),
      endpoint: this.endpoint,
      ...habits.driver,
      onFatal: (error) => this.machine.ends(life, error),
      ...(plant.raft && { plantedBugs: plant.raft }),
    });
    const seen = checkers.committedPrefix.follow(`${this.endpoint.host} of ${Math.round(world.time.nowMs())} ms`);
    this.driver = driver;
    this.#recovered = false;
    this.#watch.starts({ driver, directoryId: this.directoryId, standing: gauge });
    driver.subscribe({
      onSnapshot: ({ id }) => {
        this.#snapshots.loaded();
        seen.loadedUpTo(id.offset);
      },
      onCommitted: (batch) => {
        seen.deliver(batch);
      },
      onLeader: (epoch) => checkers.electionSafety.leads(nodeId, epoch),
      onLeaderChange() {},
      onResigned() {},
    });
    const onFatal = (error: unknown): void => this.machine.ends(life, error);
    const program = this.options.program?.(this.endpoint.host);
    const { triggers } = habits;
    const attached = { life, driver, server, nodeId, clusterId, triggers, program, onFatal, port: plant.port };
    const controller = attachControllerServer(attached);
    this.controller = controller;
    driver.start().then(
      () => {
        if (!life.isAlive()) return;
        this.machine.decay.looked();
        this.#recovered = true;
        controller.start();
        server.start();
      },
      (error: unknown) => this.machine.ends(life, error),
    );
  }

  /** What it serves, with the eyes of the checkers on it. */
  #watched(server: MemoryServer): ServiceHost {
    const { durableVotes, snapshotFetches, deposedLeaders, whoVotes } = this.options.checkers;
    const watched = [durableVotes, snapshotFetches, deposedLeaders].reduce<ServiceHost>(
      (host, watcher) => watcher.watch(this.nodeId, host),
      server,
    );
    return whoVotes.watch(watched, () => voterName({ voterId: this.nodeId, directoryId: this.directoryId }));
  }
}

function asStaticVoter({ voterId, endpoints }: FirstVoter): StaticVoter {
  return { id: voterId, endpoint: endpoints[0] ?? controllerEndpoint(voterId) };
}
