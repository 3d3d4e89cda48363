import { MetadataFollower } from '@milena/metadata-follower';
import type { MetadataImage } from '@milena/metadata';
import type { Endpoint, Uuid } from '@milena/model';
import { createRaftDriver, formatStorage, metadataFolder } from '@milena/raft-driver';
import type { QuorumCheckers } from '../checkers/quorum-checkers';
import type { ClockError } from '../faults/fault-mix';
import { Machine, type ProcessLife } from '../machine';
import { readLog, type BatchMark } from '../read-log';
import type { World } from '../world';
import { SnapshotWatch } from './snapshot-watch';
import type { StorageHabits } from './storage-habits';

const LOG_FOLDER = '/data';

/** An observer of a simulated quorum, before its machine is started. */
export interface ObserverNodeOptions {
  readonly world: World;
  readonly clusterId: Uuid;
  readonly nodeId: number;
  readonly bootstrapServers: readonly Endpoint[];
  readonly syncLatencyMs: { readonly min: number; readonly max: number };
  readonly clockError: ClockError;
  readonly habits: StorageHabits;
  readonly checkers: QuorumCheckers;
}

/** One node that follows the metadata log without a vote, as brokers and gateways do. */
export class ObserverNode {
  readonly machine: Machine;
  readonly #folder = metadataFolder(LOG_FOLDER);
  readonly #snapshots: SnapshotWatch;
  #directoryId: Uuid = '';
  #disks = 0;
  #follower: MetadataFollower | undefined;
  #recovered = false;

  constructor(readonly options: ObserverNodeOptions) {
    const { world, nodeId, syncLatencyMs, clockError, checkers } = options;
    const host = `observer-${nodeId}`;
    const logger = world.logger.child({ host });
    const start = (life: ProcessLife): void => this.#start(life);
    this.#snapshots = new SnapshotWatch({ world, host, folder: this.#folder, contents: checkers.snapshotContents });
    const onRename = (path: string): void => this.#snapshots.renames(this.machine.disk, path);
    this.machine = new Machine({ world, host, syncLatencyMs, logger, clockError, start, onRename });
  }

  get nodeId(): number {
    return this.options.nodeId;
  }

  async format(): Promise<void> {
    const { world, clusterId, nodeId } = this.options;
    const random = world.random.fork(`format ${nodeId} ${(this.#disks += 1)}`);
    const [folder] = await formatStorage({
      platform: { disk: this.machine.disk, clock: world.time.clock, random },
      logFolders: [LOG_FOLDER],
      metadataLogFolder: LOG_FOLDER,
      clusterId,
      nodeId,
      voters: { kind: 'none' },
    });
    this.#directoryId = folder?.properties.directoryId ?? '';
  }

  /** Puts an empty disk in place of the one it has, and starts on it: nobody counts on what an observer knows. */
  replaceDisk(): Promise<void> {
    return this.machine.repair(() => {
      this.machine.disk.wipe();
      this.machine.decay.replaced();
      return this.format();
    });
  }

  /** The image of the present life; undefined while the machine is down. */
  image(): MetadataImage | undefined {
    return this.machine.isRunning ? this.#follower?.image : undefined;
  }

  /** The batches in its log files; undefined while they are nobody's truth. */
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

  #start(life: ProcessLife): void {
    const { world, clusterId, nodeId, bootstrapServers, checkers, habits } = this.options;
    const { platform, network } = life;
    this.#recovered = false;
    this.#snapshots.starts(this.machine.disk);
    const driver = createRaftDriver({
      platform,
      nodeId,
      directoryId: this.#directoryId,
      clusterId,
      role: 'observer',
      logFolder: LOG_FOLDER,
      connector: network.connector,
      bootstrapServers,
      ...habits.driver,
      onFatal: (error) => this.machine.ends(life, error),
    });
    const seen = checkers.committedPrefix.follow(`${this.machine.host} of ${Math.round(world.time.nowMs())} ms`);
    driver.subscribe({
      onSnapshot: ({ id }) => {
        world.mark('an observer loaded a snapshot');
        this.#snapshots.loaded();
        seen.loadedUpTo(id.offset);
      },
      onCommitted: (batch) => seen.deliver(batch),
      onLeader: (epoch) => world.report('R10 only voters lead', `${this.machine.host} leads epoch ${epoch}`),
      onLeaderChange() {},
      onResigned() {},
    });
    const snapshots = { metadataLog: driver, triggers: habits.triggers, logger: platform.logger };
    this.#follower = new MetadataFollower({ platform, metadataLog: driver, publish() {}, snapshots });
    this.#follower.start();
    driver.start().then(
      () => {
        if (!life.isAlive()) return;
        this.machine.decay.looked();
        this.#recovered = true;
      },
      (error: unknown) => this.machine.ends(life, error),
    );
  }
}
