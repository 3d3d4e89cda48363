import type { ControllerServer } from '@milena/controller-server';
import { uuidFromBytes, type Endpoint, type Uuid } from '@milena/model';
import type { PlantedBugs } from '@milena/raft';
import {
  createRaftDriver,
  formatStorage,
  metadataFolder,
  readQuorumState,
  type CommittedBatch,
  type FirstVoter,
  type RaftDriver,
} from '@milena/raft-driver';
import type { QuorumCheckers } from '../checkers/quorum-checkers';
import { Machine, type ProcessLife } from '../machine';
import { readLog, type BatchMark } from '../read-log';
import { attachControllerServer } from './attach-controller-server';
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
  readonly plantedBugs: PlantedBugs;
  readonly checkers: QuorumCheckers;
}

/** One controller: the production raft driver and controller server on a machine that can crash. */
export class ControllerNode {
  readonly machine: Machine;
  readonly endpoint: Endpoint;
  readonly directoryId: Uuid;
  /** The driver of the present life. */
  driver: RaftDriver | undefined;
  /** Batches the present life was given. */
  delivered: CommittedBatch[] = [];
  /** The controller of the present life. */
  controller: ControllerServer | undefined;
  #recovered = false;

  constructor(readonly options: ControllerNodeOptions) {
    const { world, nodeId, syncLatencyMs } = options;
    const host = `controller-${nodeId}`;
    this.endpoint = { host, port: CONTROLLER_PORT };
    this.directoryId = uuidFromBytes(world.random.fork(`directory ${host}`).bytes(16));
    const start = (life: ProcessLife): void => this.#start(life);
    this.machine = new Machine({ world, host, syncLatencyMs, logger: world.logger.child({ host }), start });
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
    if (!this.machine.isRunning || this.driver === undefined) return;
    const { leaderId, epoch } = this.driver.leader();
    if (leaderId !== this.nodeId) return;
    const { electionSafety, ownEpochCommit } = this.options.checkers;
    electionSafety.leads(this.nodeId, epoch);
    const highWatermark = this.driver.highWatermark() ?? -1;
    ownEpochCommit.leads({ nodeId: this.nodeId, epoch, highWatermark, log: () => this.log() });
  }

  /** The batches in its log files; undefined while the machine is down or recovers, when a torn tail is no one's truth. */
  log(): readonly BatchMark[] | undefined {
    if (!this.machine.isRunning || !this.#recovered) return undefined;
    return readLog(this.machine.disk, metadataFolder(LOG_FOLDER));
  }

  #start(life: ProcessLife): void {
    const { world, clusterId, nodeId, plantedBugs, checkers } = this.options;
    const folder = metadataFolder(LOG_FOLDER);
    const restored = readQuorumState(this.machine.disk, folder);
    if (restored !== undefined) checkers.durableVotes.starts(nodeId, restored);
    const server = life.network.server(CONTROLLER_PORT);
    const driver = createRaftDriver({
      platform: life.platform,
      nodeId,
      directoryId: this.directoryId,
      clusterId,
      role: 'voter',
      logFolder: LOG_FOLDER,
      connector: life.network.connector,
      serviceHost: checkers.durableVotes.watch(nodeId, server),
      endpoint: this.endpoint,
      logConfig: { segmentBytes: 16 * 1024, segmentIndexBytes: 1024 },
      onFatal: (error) => this.#fatal(life, error),
      plantedBugs,
    });
    const seen = checkers.committedPrefix.follow(`${this.endpoint.host} of ${Math.round(world.time.nowMs())} ms`);
    const delivered: CommittedBatch[] = [];
    this.delivered = delivered;
    this.driver = driver;
    this.#recovered = false;
    driver.subscribe({
      onSnapshot: ({ id }) => seen.loadedUpTo(id.offset),
      onCommitted: (batch) => {
        seen.deliver(batch);
        delivered.push(batch);
      },
      onLeader: (epoch) => checkers.electionSafety.leads(nodeId, epoch),
      onLeaderChange() {},
      onResigned() {},
    });
    const onFatal = (error: unknown): void => this.#fatal(life, error);
    const controller = attachControllerServer({ life, driver, server, nodeId, clusterId, onFatal });
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
    if (!life.isAlive() || error instanceof ViolationFound) return;
    world.report('S4 no fatal error', `${this.endpoint.host}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
