import type { ControllerServer } from '@milena/controller-server';
import { uuidFromBytes, type Endpoint, type Uuid } from '@milena/model';
import {
  createRaftDriver,
  formatStorage,
  metadataFolder,
  readQuorumState,
  type FirstVoter,
  type RaftDriver,
} from '@milena/raft-driver';
import type { ServiceHost } from '@milena/platform';
import type { ClockError } from '../fault-mix';
import type { VoterDisk } from '../checkers/durable-commit';
import type { LeaderFiles } from '../checkers/leader-completeness';
import type { QuorumCheckers } from '../checkers/quorum-checkers';
import type { Plant } from '../planted-bugs';
import { Machine, type ProcessLife } from '../machine';
import { readLog, type BatchMark } from '../read-log';
import { attachControllerServer } from './attach-controller-server';
import type { ControllerProgram } from './controller-program';
import { plantInPlatform } from './planted-ports';
import { newestSnapshotEnd, SnapshotWatch } from './snapshot-watch';
import { NO_SNAPSHOTS, type StorageHabits } from './storage-habits';
import { ViolationFound } from '../violation';
import type { World } from '../world';

const LOG_FOLDER = '/data';
const CONTROLLER_PORT = 9093;

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
  /** What a host runs when it starts next; the program of this package unless said otherwise. */
  readonly program?: ((host: string) => ControllerProgram) | undefined;
  readonly checkers: QuorumCheckers;
}

/** One controller: the production raft driver and controller server on a machine that can crash. */
export class ControllerNode {
  readonly machine: Machine;
  readonly endpoint: Endpoint;
  readonly directoryId: Uuid;
  /** The driver of the present life. */
  driver: RaftDriver | undefined;
  /** The controller of the present life. */
  controller: ControllerServer | undefined;
  readonly #folder = metadataFolder(LOG_FOLDER);
  readonly #snapshots: SnapshotWatch;
  #recovered = false;
  #leadership: { readonly epoch: number; readonly sinceMs: number } | undefined;
  #highWatermark = 0;
  #logEnd = 0;

  constructor(readonly options: ControllerNodeOptions) {
    const { world, nodeId, syncLatencyMs, clockError, checkers } = options;
    const host = `controller-${nodeId}`;
    this.endpoint = { host, port: CONTROLLER_PORT };
    this.directoryId = uuidFromBytes(world.random.fork(`directory ${host}`).bytes(16));
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
      ...(clockError && { clockError }),
    });
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

  async format(voters: readonly FirstVoter[]): Promise<void> {
    const { world, clusterId, nodeId } = this.options;
    await formatStorage({
      platform: { disk: this.machine.disk, clock: world.time.clock, random: world.random },
      logFolders: [LOG_FOLDER],
      metadataLogFolder: LOG_FOLDER,
      clusterId,
      nodeId,
      voters: { kind: 'initial', voters },
    });
  }

  /** Reported to the checkers after each event. */
  checkLeadership(): void {
    const { driver } = this;
    if (driver === undefined || !this.machine.isAwake) return;
    const { leaderId, epoch } = driver.leader();
    const logEnd = driver.logEndOffset();
    if (logEnd < this.#logEnd) this.options.world.mark('a follower threw away a divergent tail');
    this.#logEnd = logEnd;
    if (leaderId === this.nodeId) this.#checkLeader(epoch, driver);
    else if (this.#leadership !== undefined) this.#stepsDown(epoch);
  }

  #checkLeader(epoch: number, driver: RaftDriver): void {
    const { world, checkers } = this.options;
    const { host } = this.endpoint;
    const highWatermark = driver.highWatermark() ?? 0;
    if (this.#leadership?.epoch !== epoch) {
      this.#leadership = { epoch, sinceMs: world.time.nowMs() };
      checkers.electionSafety.leads(this.nodeId, epoch);
      checkers.leaderCompleteness.leads(host, epoch, () => this.#leaderFiles());
    }
    if (highWatermark !== this.#highWatermark) {
      checkers.durableCommit.moved(host, this.#highWatermark, highWatermark);
      this.#highWatermark = highWatermark;
    }
    checkers.ownEpochCommit.leads({ nodeId: this.nodeId, epoch, highWatermark, log: () => this.log() });
    checkers.deposedLeaders.leads(this.nodeId, epoch, this.machine.wokenAtMs);
    checkers.checkQuorum.leads(host, Math.max(this.#leadership.sinceMs, this.machine.wokenAtMs));
  }

  #stepsDown(epoch: number): void {
    const { world } = this.options;
    if (this.#leadership?.epoch === epoch) world.mark('a leader stepped down because no majority fetched from it');
    else if (world.time.nowMs() - this.machine.wokenAtMs < 50)
      world.mark('a leader was woken after another was elected');
    this.#leadership = undefined;
  }

  /** The batches in its log files; undefined while the machine is down or recovers, when a torn tail is no one's truth. */
  log(): readonly BatchMark[] | undefined {
    if (!this.machine.isRunning || !this.#recovered || this.machine.isDamaged) return undefined;
    return readLog(this.machine.disk, this.#folder);
  }

  /** R8, as far as names go; in the end, of every snapshot on its disk. */
  checkSnapshots(isEnd: boolean): void {
    if (!this.machine.isRunning || !this.#recovered || this.machine.isDamaged) return;
    this.#snapshots.checkStart(this.machine.disk);
    if (isEnd) this.#snapshots.checkFiles(this.machine.disk);
  }

  #leaderFiles(): LeaderFiles | undefined {
    const marks = this.log();
    return marks && { marks, snapshotEnd: newestSnapshotEnd(this.machine.disk.list(this.#folder)) };
  }

  #start(life: ProcessLife): void {
    const { world, clusterId, nodeId, plant, checkers, habits = NO_SNAPSHOTS } = this.options;
    this.#snapshots.starts(this.machine.disk);
    const restored = readQuorumState(this.machine.disk, this.#folder);
    if (restored !== undefined) checkers.durableVotes.starts(nodeId, restored);
    const server = life.network.server(CONTROLLER_PORT);
    const driver = createRaftDriver({
      platform: plantInPlatform(life.platform, plant.port),
      nodeId,
      directoryId: this.directoryId,
      clusterId,
      role: 'voter',
      logFolder: LOG_FOLDER,
      connector: life.network.connector,
      serviceHost: [checkers.durableVotes, checkers.snapshotFetches, checkers.deposedLeaders].reduce<ServiceHost>(
        (host, watcher) => watcher.watch(nodeId, host),
        server,
      ),
      endpoint: this.endpoint,
      ...habits.driver,
      onFatal: (error) => this.#fatal(life, error),
      ...(plant.raft && { plantedBugs: plant.raft }),
    });
    const seen = checkers.committedPrefix.follow(`${this.endpoint.host} of ${Math.round(world.time.nowMs())} ms`);
    this.driver = driver;
    this.#recovered = false;
    this.#leadership = undefined;
    this.#highWatermark = 0;
    this.#logEnd = 0;
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
    const onFatal = (error: unknown): void => this.#fatal(life, error);
    const program = this.options.program?.(this.endpoint.host);
    const { triggers } = habits;
    const attached = { life, driver, server, nodeId, clusterId, triggers, program, onFatal, port: plant.port };
    const controller = attachControllerServer(attached);
    this.controller = controller;
    driver.start().then(
      () => {
        if (!life.isAlive()) return;
        this.#recovered = true;
        controller.start();
        server.start();
      },
      (error: unknown) => this.#fatal(life, error),
    );
  }

  /** A process that meets a fatal error ends; nothing the simulated faults do may cause one. */
  #fatal(life: ProcessLife, error: unknown): void {
    const { world } = this.options;
    if (!life.isAlive() || error instanceof ViolationFound || this.machine.endsByDisk(error)) return;
    world.report('S4 no fatal error', `${this.endpoint.host}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
