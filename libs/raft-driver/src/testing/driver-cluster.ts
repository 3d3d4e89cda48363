import type { LogConfig } from '@milena/log-store';
import {
  addOffset,
  type Endpoint,
  offset,
  type OffsetAndEpoch,
  randomUuid,
  type Result,
  timestampMs,
} from '@milena/model';
import { type ChannelFailure, type Logger, noMeter, noTracer, type Platform, silentLogger } from '@milena/platform';
import {
  type CrashMode,
  createMemoryDisk,
  createMemoryStateStores,
  createMemoryNetwork,
  createProcessTime,
  createSeededRandom,
  createVirtualTime,
  type MemoryDisk,
  type MemoryNetwork,
  type NetworkProcess,
  type ProcessTime,
  type SeededRandom,
  type VirtualTime,
} from '@milena/platform/testing';
import type { PlantedBugs } from '@milena/raft';
import type { MetadataRetention } from '../clean-log';
import { type FirstVoter, formatStorage, metadataFolder } from '../format-storage';
import { readMetaProperties } from '../meta-properties';
import type { CommittedBatch, LeaderInfo, MetadataLogListener, MetadataSnapshot } from '../metadata-log';
import { createRaftDriver, type RaftDriver } from '../raft-driver';
import type { StaticVoter } from '../raft-driver-options';

const LOG_FOLDER = '/data';
/** Cluster id of every cluster made here. */
export const CLUSTER_ID = 'test-cluster';

const LEADING = /^(leader|resigned)/;

/** What one listener was told, in order. */
export class RecordingListener implements MetadataLogListener {
  readonly batches: CommittedBatch[] = [];
  readonly leaders: LeaderInfo[] = [];
  readonly events: string[] = [];
  /** `open`, and when it is settled the last event that tells whether this node leads, `follows` before any. */
  readonly elections: string[] = [];
  readonly lost: { readonly replicaId: number; readonly failure: ChannelFailure }[] = [];

  /** What a snapshot holds stands for every batch before its end. */
  onSnapshot({ id, batches }: MetadataSnapshot): void {
    this.batches.length = 0;
    const [baseOffset, lastOffset] = [offset(0), addOffset(id.offset, -1)];
    for (const { records } of batches()) {
      this.batches.push({ baseOffset, lastOffset, epoch: id.epoch, timestamp: timestampMs(0), records });
    }
    this.events.push(`snapshot ${id.offset}-${id.epoch}`);
  }

  onCommitted(batch: CommittedBatch): void {
    this.batches.push(batch);
    this.events.push(`committed ${this.values.at(-1)}`);
  }

  onLeader(epoch: number): void {
    this.events.push(`leader ${epoch}`);
  }

  onLeaderChange(leader: LeaderInfo): void {
    this.leaders.push(leader);
  }

  onElection(isOpen: boolean): void {
    this.elections.push(isOpen ? 'open' : (this.events.findLast((event) => LEADING.test(event)) ?? 'follows'));
  }

  onResigned(epoch: number): void {
    this.events.push(`resigned ${epoch}`);
  }

  onReplicaLost(replicaId: number, failure: ChannelFailure): void {
    this.lost.push({ replicaId, failure });
  }

  /** Every committed record value as text, in order. */
  get values(): readonly string[] {
    return this.batches.flatMap(({ records }) => records.map((record) => record.toString()));
  }
}

/** One process of a node: it ends with a stop or a kill, the node's disk stays. */
export interface DriverProcess {
  readonly driver: RaftDriver;
  readonly listener: RecordingListener;
  readonly network: NetworkProcess;
  readonly time: ProcessTime;
  readonly fatal: unknown[];
}

/** Settings of a cluster. */
export interface DriverClusterOptions {
  readonly voters: readonly number[];
  /** Whether the voters are those of the configuration, and formatted without a voter set (kraft.version 0). */
  readonly areStatic?: boolean;
  readonly seed?: number;
  readonly plantedBugs?: PlantedBugs;
  readonly logger?: Logger;
  /** Size at which a segment of the log is rolled; 1 MiB. */
  readonly segmentBytes?: number;
  /** Retention of an ordinary log, which the metadata log must not heed. */
  readonly logRetention?: Pick<LogConfig, 'retentionMs' | 'retentionBytes'>;
  /** What is kept of log and snapshots; Kafka's defaults. */
  readonly retention?: Partial<MetadataRetention>;
  /** Sees every message as it is delivered. */
  readonly observe?: () => void;
}

/** Drivers in one process under virtual time, with disks and a network in memory. */
export class DriverCluster {
  readonly time: VirtualTime = createVirtualTime();
  readonly network: MemoryNetwork;
  readonly disks = new Map<number, MemoryDisk>();
  readonly running = new Map<number, DriverProcess>();
  readonly #random: SeededRandom;
  #starts = 0;

  constructor(readonly options: DriverClusterOptions) {
    this.#random = createSeededRandom(options.seed ?? 1);
    this.network = createMemoryNetwork({
      clock: this.time.clock,
      timers: this.time.timers,
      random: this.#random.fork('network'),
      ...(options.observe === undefined ? {} : { observe: options.observe }),
    });
  }

  /** Formats the voters' disks and starts them. */
  static async start(options: DriverClusterOptions): Promise<DriverCluster> {
    const cluster = new DriverCluster(options);
    const random = cluster.#random.fork('directories');
    const voters = options.voters.map((voterId) => ({
      voterId,
      directoryId: randomUuid((count) => random.bytes(count)),
      endpoints: [{ name: 'CONTROLLER', ...endpointOf(voterId) }],
    }));
    for (const nodeId of options.voters) await cluster.#format(nodeId, options.areStatic === true ? undefined : voters);
    for (const nodeId of options.voters) await cluster.run(nodeId, 'voter');
    return cluster;
  }

  /** Formats a broker's disk, for another cluster when one is named, and starts it; it knows the bootstrap servers only. */
  async startObserver(
    nodeId: number,
    bootstrapIds: readonly number[] = this.options.voters,
    clusterId = CLUSTER_ID,
  ): Promise<DriverProcess> {
    await this.#format(nodeId, undefined, clusterId);
    return this.run(nodeId, 'observer', bootstrapIds);
  }

  /** Starts a node on the disk it has. */
  async run(nodeId: number, role: 'voter' | 'observer', bootstrapIds: readonly number[] = []): Promise<DriverProcess> {
    const network = this.network.join(hostOf(nodeId));
    const time = createProcessTime(this.time);
    const server = network.server(endpointOf(nodeId).port);
    const fatal: unknown[] = [];
    const own = readMetaProperties(this.disk(nodeId), LOG_FOLDER);
    const driver = createRaftDriver({
      platform: this.#platform(nodeId, time),
      nodeId,
      directoryId: own?.directoryId ?? '',
      clusterId: own?.clusterId ?? CLUSTER_ID,
      role,
      logFolder: LOG_FOLDER,
      locksLogFolder: true,
      connector: network.connector,
      ...(role === 'voter' ? { serviceHost: server, endpoint: endpointOf(nodeId) } : {}),
      bootstrapServers: bootstrapIds.map(endpointOf),
      staticVoters: this.options.areStatic === true && bootstrapIds.length === 0 ? this.#staticVoters() : [],
      logConfig: {
        segmentBytes: this.options.segmentBytes ?? 1024 * 1024,
        segmentIndexBytes: 1024,
        ...this.options.logRetention,
      },
      onFatal: (error) => fatal.push(error),
      ...(this.options.retention === undefined ? {} : { retention: this.options.retention }),
      ...(this.options.plantedBugs === undefined ? {} : { plantedBugs: this.options.plantedBugs }),
    });
    const listener = new RecordingListener();
    driver.subscribe(listener);
    if (role === 'voter') server.start();
    const running = { driver, listener, network, time, fatal };
    this.running.set(nodeId, running);
    await this.time.resolve(driver.start());
    return running;
  }

  /** kill -9, or with 'lose-unsynced' a power cut. */
  kill(nodeId: number, mode: CrashMode = 'keep'): void {
    const { network, time } = this.node(nodeId);
    network.crash();
    time.end();
    this.disk(nodeId).crash(mode);
    this.running.delete(nodeId);
  }

  /** Graceful stop of the whole process. */
  async stop(nodeId: number): Promise<void> {
    const { driver, network, time } = this.node(nodeId);
    await this.time.resolve(driver.stop());
    network.crash();
    time.end();
    this.running.delete(nodeId);
  }

  /** Puts an empty disk, formatted without voters, in place of a node's. */
  async replaceDisk(nodeId: number): Promise<void> {
    this.disks.delete(nodeId);
    await this.#format(nodeId, undefined);
  }

  node(nodeId: number): DriverProcess {
    const node = this.running.get(nodeId);
    if (node === undefined) throw new Error(`node ${nodeId} does not run`);
    return node;
  }

  disk(nodeId: number): MemoryDisk {
    const disk = this.disks.get(nodeId) ?? createMemoryDisk({ timers: this.time.timers, ...SYNC_TAKES });
    this.disks.set(nodeId, disk);
    return disk;
  }

  /** The node whose controller was told that it leads, with that epoch, if there is exactly one of the latest epoch. */
  active(): { readonly nodeId: number; readonly epoch: number } | undefined {
    const active = [...this.running].flatMap(([nodeId, { listener }]) => {
      const last = listener.events.findLast((event) => /^(leader|resigned) /.test(event));
      return last?.startsWith('leader ') === true ? [{ nodeId, epoch: Number(last.slice(7)) }] : [];
    });
    return active.sort((left, right) => right.epoch - left.epoch)[0];
  }

  /** Runs until some node is active; throws when none is in time. */
  async activeWithin(
    withinMs: number,
    than: { readonly epoch: number } = { epoch: 0 },
  ): Promise<{ nodeId: number; epoch: number }> {
    const found = await this.time.runUntil(() => (this.active()?.epoch ?? 0) > than.epoch, withinMs);
    const active = this.active();
    if (!found || active === undefined) throw new Error(`no active controller within ${withinMs} ms`);
    return active;
  }

  /** Appends one batch on the active node and runs until every running node was told of it. */
  async commit(value: string, withinMs = 5000): Promise<void> {
    const { nodeId, epoch } = this.active() ?? (await this.activeWithin(withinMs));
    const appended = this.node(nodeId).driver.append(epoch, [Buffer.from(value)]);
    if (!appended.ok) throw new Error(appended.error.message);
    await this.everywhere(value, withinMs);
  }

  /** Runs until every running node was told of `value`. */
  async everywhere(value: string, withinMs = 5000): Promise<void> {
    const told = (): boolean => [...this.running.values()].every(({ listener }) => listener.values.includes(value));
    if (!(await this.time.runUntil(told, withinMs))) throw new Error(`${value} is not everywhere in ${withinMs} ms`);
  }

  /** Has a node write a snapshot of what its listener was told; gives the outcome and the snapshot's id. */
  async snapshot(nodeId: number): Promise<{ readonly id: OffsetAndEpoch; readonly outcome: Result<void> }> {
    const { driver, listener } = this.node(nodeId);
    const last = listener.batches.at(-1);
    if (last === undefined) throw new Error(`node ${nodeId} was told nothing`);
    const id = { offset: addOffset(last.lastOffset, 1), epoch: last.epoch };
    const records = listener.values.map((value) => Buffer.from(value));
    return { id, outcome: await this.time.resolve(driver.createSnapshot(id, records)) };
  }

  /** Names of the node's snapshots, finished or not, the bootstrap checkpoint left out. */
  snapshotFiles(nodeId: number): readonly string[] {
    const names = this.disk(nodeId).list(metadataFolder(LOG_FOLDER));
    return names.filter((name) => name.includes('.checkpoint') && !name.startsWith(`${'0'.repeat(20)}-`));
  }

  #staticVoters(): readonly StaticVoter[] {
    return this.options.voters.map((id) => ({ id, endpoint: endpointOf(id) }));
  }

  async #format(nodeId: number, voters?: readonly FirstVoter[], clusterId = CLUSTER_ID): Promise<void> {
    const disk = this.disk(nodeId);
    const platform = { disk, clock: this.time.clock, random: this.#random.fork(`format ${nodeId}`) };
    const format = formatStorage({
      platform,
      logFolders: [LOG_FOLDER],
      metadataLogFolder: LOG_FOLDER,
      clusterId,
      nodeId,
      voters: voters === undefined ? { kind: 'none' } : { kind: 'initial', voters },
    });
    await this.time.resolve(format);
  }

  #platform(nodeId: number, { clock, timers }: ProcessTime): Platform {
    const random = this.#random.fork(`node ${nodeId} start ${this.#starts++}`);
    const outputs = {
      logger: (this.options.logger ?? silentLogger).child({ nodeId }),
      tracer: noTracer,
      meter: noMeter,
    };
    return { clock, timers, random, disk: this.disk(nodeId), stateStores: createMemoryStateStores(), ...outputs };
  }
}

const SYNC_TAKES = { syncLatencyMs: { min: 1, max: 2 } };

function hostOf(nodeId: number): string {
  return `node-${nodeId}`;
}

/** Where a node's driver serves the quorum. */
export function endpointOf(nodeId: number): Endpoint {
  return { host: hostOf(nodeId), port: 9093 };
}
