import { MetadataFollower } from '@milena/metadata-follower';
import type { MetadataImage } from '@milena/metadata';
import type { Endpoint, Uuid } from '@milena/model';
import { createRaftDriver, formatStorage, metadataFolder } from '@milena/raft-driver';
import type { QuorumCheckers } from '../checkers/quorum-checkers';
import type { ClockError } from '../fault-mix';
import { Machine, type ProcessLife } from '../machine';
import { readLog, type BatchMark } from '../read-log';
import { ViolationFound } from '../violation';
import type { World } from '../world';

const LOG_FOLDER = '/data';

/** An observer of a simulated quorum, before its machine is started. */
export interface ObserverNodeOptions {
  readonly world: World;
  readonly clusterId: Uuid;
  readonly nodeId: number;
  readonly bootstrapServers: readonly Endpoint[];
  readonly syncLatencyMs: { readonly min: number; readonly max: number };
  readonly clockError: ClockError;
  readonly checkers: QuorumCheckers;
}

/** One node that follows the metadata log without a vote, as brokers and gateways do. */
export class ObserverNode {
  readonly machine: Machine;
  #directoryId: Uuid = '';
  #follower: MetadataFollower | undefined;
  #recovered = false;

  constructor(readonly options: ObserverNodeOptions) {
    const { world, nodeId, syncLatencyMs, clockError } = options;
    const host = `observer-${nodeId}`;
    const logger = world.logger.child({ host });
    const start = (life: ProcessLife): void => this.#start(life);
    this.machine = new Machine({ world, host, syncLatencyMs, logger, clockError, start });
  }

  async format(): Promise<void> {
    const { world, clusterId, nodeId } = this.options;
    const [folder] = await formatStorage({
      platform: { disk: this.machine.disk, clock: world.time.clock, random: world.random.fork(`format ${nodeId}`) },
      logFolders: [LOG_FOLDER],
      metadataLogFolder: LOG_FOLDER,
      clusterId,
      nodeId,
      voters: { kind: 'none' },
    });
    this.#directoryId = folder?.properties.directoryId ?? '';
  }

  /** The image of the present life; undefined while the machine is down. */
  image(): MetadataImage | undefined {
    return this.machine.isRunning ? this.#follower?.image : undefined;
  }

  /** The batches in its log files; undefined while they are nobody's truth. */
  log(): readonly BatchMark[] | undefined {
    if (!this.machine.isRunning || !this.#recovered || this.machine.isDamaged) return undefined;
    return readLog(this.machine.disk, metadataFolder(LOG_FOLDER));
  }

  #start(life: ProcessLife): void {
    const { world, clusterId, nodeId, bootstrapServers, checkers } = this.options;
    const { platform, network } = life;
    this.#recovered = false;
    const driver = createRaftDriver({
      platform,
      nodeId,
      directoryId: this.#directoryId,
      clusterId,
      role: 'observer',
      logFolder: LOG_FOLDER,
      connector: network.connector,
      bootstrapServers,
      logConfig: { segmentBytes: 16 * 1024, segmentIndexBytes: 1024 },
      onFatal: (error) => this.#fatal(life, error),
    });
    const seen = checkers.committedPrefix.follow(`${this.machine.host} of ${Math.round(world.time.nowMs())} ms`);
    driver.subscribe({
      onSnapshot: ({ id }) => seen.loadedUpTo(id.offset),
      onCommitted: (batch) => seen.deliver(batch),
      onLeader: (epoch) => world.report('R10 only voters lead', `${this.machine.host} leads epoch ${epoch}`),
      onLeaderChange() {},
      onResigned() {},
    });
    this.#follower = new MetadataFollower({ platform, metadataLog: driver, publish() {} });
    this.#follower.start();
    driver.start().then(
      () => (this.#recovered = true),
      (error: unknown) => this.#fatal(life, error),
    );
  }

  #fatal(life: ProcessLife, error: unknown): void {
    const { world } = this.options;
    if (!life.isAlive() || error instanceof ViolationFound || this.machine.endsByDisk(error)) return;
    const what = error instanceof Error ? error.stack : String(error);
    world.report('S4 no fatal error', `${this.machine.host}: ${what}`);
  }
}
