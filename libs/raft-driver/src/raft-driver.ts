import type { PartitionLog } from '@milena/log-store';
import { failure, invariant, type Offset, type OffsetAndEpoch, type Result, ZERO_OFFSET } from '@milena/model';
import type { DiskError, DiskLock, TraceContext } from '@milena/platform';
import { type BootstrapVoters, INITIAL_QUORUM_STATE, type KraftUpgrade } from '@milena/raft';
import { encodeBatch } from '@milena/record-batch';
import { bootstrapVoters, quorumStateFormat } from './bootstrap-voters';
import { CommittedMark } from './committed-mark';
import { refuseForgottenVotes, refuseMissingVotes } from './forgotten-votes';
import { metadataFolder } from './format-storage';
import { LogRepair, type LostRecords } from './log-repair';
import { UnusableLogFolder } from './meta-properties';
import type { LeaderInfo, MetadataLog, MetadataLogListener, QuorumDescription } from './metadata-log';
import { openMetadataLog, type OpenedMetadataLog } from './open-metadata-log';
import { beginPendingRepair } from './pending-repair';
import { readQuorumState, writeQuorumState } from './quorum-state-file';
import type { RaftDriverOptions } from './raft-driver-options';
import { createRaftPump, type RaftPump } from './raft-pump';
import type { RaftPumpOptions } from './raft-pump-options';
import { createRaftService, type RaftService } from './raft-service';
import { traceHeader } from './trace-header';

/** Largest batch that may be appended, bytes of record values (Kafka's internal limit of the metadata log). */
const APPEND_BYTES_MAX = 8 * 1024 * 1024;
/** How long `stop` waits for a successor before it gives up leading anyway. */
const HAND_OVER_TIMEOUT_MS = 3000;

/** A node's part in the quorum: the metadata log, replicated. */
export interface RaftDriver extends MetadataLog {
  /**
   * Opens or recovers the log and takes part. Rejects with UnusableLogFolder, UnusableQuorumState, UnusableMetadataLog,
   * UnusableSnapshot or UnusableBootstrapCheckpoint when the folder cannot be used, and with DiskError. A voter whose log
   * has lost committed records takes part without a vote until it has fetched them again.
   */
  start(): Promise<void>;
  /** Hands over leadership, closes the log. Bounded. The driver cannot be started again. */
  stop(): Promise<void>;
  /** Whether this node leads a live quorum or fetched from its leader lately. */
  health(): boolean;
  /**
   * How far the log was committed when the leader was last heard, this node's own while it leads: unlike `highWatermark` it
   * does not end where this node's copy ends. Undefined while the leader has not said.
   */
  leaderHighWatermark(): Offset | undefined;
}

/** Makes a driver and registers its RPCs; what comes in before `start` is refused. */
export function createRaftDriver(options: RaftDriverOptions): RaftDriver {
  return new Driver(options);
}

class Driver implements RaftDriver {
  readonly nodeId: number;
  readonly #options: RaftDriverOptions;
  readonly #service: RaftService | undefined;
  readonly #early: MetadataLogListener[] = [];
  #hasFailed = false;
  #phase: 'new' | 'starting' | 'running' | 'stopping' = 'new';
  #starting: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  #lock: DiskLock | undefined;
  #log: PartitionLog | undefined;
  #mark: CommittedMark | undefined;
  /** Set while committed records that were lost are fetched again: there is no vote and nothing is delivered. */
  #repair: LogRepair | undefined;
  #pump: RaftPump | undefined;

  constructor(options: RaftDriverOptions) {
    const { role, endpoint, serviceHost } = options;
    invariant(
      role === 'observer' || (endpoint !== undefined && serviceHost !== undefined),
      'a voter serves the quorum at an endpoint of its own',
      { nodeId: options.nodeId },
    );
    this.#options = options;
    this.nodeId = options.nodeId;
    this.#service = serviceHost === undefined ? undefined : this.#serve(serviceHost);
  }

  start(): Promise<void> {
    invariant(this.#phase === 'new', 'a driver starts once', { phase: this.#phase });
    this.#phase = 'starting';
    this.#starting = this.#open();
    return this.#starting;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  health(): boolean {
    return this.#phase === 'running' && this.#repair === undefined && this.#pump?.isHealthy() === true;
  }

  leaderHighWatermark(): Offset | undefined {
    return this.#pump?.leaderHighWatermark;
  }

  leader(): LeaderInfo {
    return this.#pump?.leader() ?? { leaderId: undefined, epoch: 0 };
  }

  highWatermark(): Offset | undefined {
    return this.#pump?.highWatermark;
  }

  logEndOffset(): Offset {
    return this.#log?.logEndOffset ?? ZERO_OFFSET;
  }

  append(
    epoch: number,
    records: readonly Uint8Array[],
    trace?: TraceContext,
  ): Result<{ readonly baseOffset: Offset; readonly lastOffset: Offset }> {
    invariant(records.length > 0, 'a batch holds at least one record');
    if (this.#pump === undefined) return failure('NOT_CONTROLLER', 'this node has not started');
    const sizeInBytes = records.reduce((sum, record) => sum + record.length, 0);
    if (sizeInBytes > APPEND_BYTES_MAX) {
      return failure('MESSAGE_TOO_LARGE', `a metadata batch of ${sizeInBytes} bytes exceeds ${APPEND_BYTES_MAX}`);
    }
    const timestamp = this.#options.platform.clock.wallMs();
    return this.#pump.append(epoch, (baseOffset) =>
      encodeBatch({
        baseOffset,
        partitionLeaderEpoch: epoch,
        timestamp,
        records: records.map((value, index) =>
          index === 0 && trace !== undefined ? { value, headers: [traceHeader(trace.traceparent)] } : { value },
        ),
      }),
    );
  }

  subscribe(listener: MetadataLogListener): void {
    if (this.#pump === undefined || this.#repair !== undefined) this.#early.push(listener);
    else this.#pump.subscribe(listener);
  }

  kraftVersion(): number {
    return this.#pump?.kraftVersion ?? 0;
  }

  upgradeKraftVersion(upgrade: KraftUpgrade): Result<void> {
    return this.#pump?.upgradeKraftVersion(upgrade) ?? failure('NOT_CONTROLLER', 'this node has not started');
  }

  resign(epoch: number): void {
    this.#pump?.resign(epoch);
  }

  async createSnapshot(id: OffsetAndEpoch, records: Iterable<Uint8Array>): Promise<Result<void>> {
    const pump = this.#pump;
    return pump?.createSnapshot(id, records) ?? failure('OPERATION_NOT_ATTEMPTED', 'this node has not started');
  }

  describe(): QuorumDescription {
    const unknown = { leaderId: undefined, leaderEpoch: 0, highWatermark: undefined, voters: [], observers: [] };
    return this.#pump?.describe() ?? unknown;
  }

  async #open(): Promise<void> {
    const { platform, logFolder } = this.#options;
    const folder = metadataFolder(logFolder);
    if (this.#options.locksLogFolder === true) this.#lock = this.#lockFolder();
    platform.disk.makeFolder(folder);
    await platform.disk.fsyncDirectory(logFolder);
    // A former process may have died between the rename of its quorum-state and the sync of the folder. What is acted on
    // from here on, a vote above all, must not be forgotten in a power cut.
    await platform.disk.fsyncDirectory(folder);
    // Refused before anything else is touched.
    const restored = readQuorumState(platform.disk, folder);
    const bootstrap = bootstrapVoters(platform.disk, folder, this.#options);
    const mark = await this.#openMark(folder);
    this.#mark = mark;
    if (mark !== undefined) refuseMissingVotes(folder, restored, mark);
    const mayFetchAgain = this.#mayFetchAgain(bootstrap);
    const { logConfig } = this.#options;
    // Who opens or closes the log is told by its calls.
    const onFailed = (error: DiskError): void => {
      if (this.#phase === 'running') this.#fail(error);
    };
    const opened = await openMetadataLog({ platform, folder, logConfig, mark, mayFetchAgain, onFailed });
    this.#log = opened.log;
    if (mark !== undefined) refuseForgottenVotes(folder, restored, { mark, log: opened.log });
    if (opened.lost !== undefined) await beginPendingRepair(platform.disk, folder);
    if (this.#phase !== 'starting') return;
    this.#phase = 'running';
    const parts = { log: opened.log, snapshots: opened.snapshots, mark, bootstrap, folder, mayFetchAgain };
    if (opened.lost === undefined) this.#takePart(parts);
    else this.#fetchAgain(opened.lost, parts);
  }

  #takePart(parts: RaftParts): void {
    const pump = createRaftPump(this.#pumpOptions(parts));
    this.#pump = pump;
    this.#repair = undefined;
    for (const listener of this.#early.splice(0)) pump.subscribe(listener);
    pump.start();
  }

  /** Takes part once what was lost is there again. */
  #fetchAgain(lost: LostRecords, parts: RaftParts): void {
    const { logger } = this.#options.platform;
    const { folder, log } = parts;
    logger.error('committed records are missing from the metadata log; no vote until they are fetched again', {
      folder,
      ...lost,
    });
    this.#repair = new LogRepair({
      pump: this.#pumpOptions(parts),
      folder,
      lost,
      onWhole: () => {
        if (this.#phase !== 'running') return;
        logger.info('the metadata log is whole again', { logEndOffset: log.logEndOffset });
        this.#takePart(parts);
      },
    });
    this.#pump = this.#repair.pump;
    this.#pump.start();
  }

  #pumpOptions(parts: RaftParts): RaftPumpOptions {
    const { platform } = this.#options;
    const { folder, ...rest } = parts;
    return {
      ...rest,
      driver: this.#options,
      restored: readQuorumState(platform.disk, folder) ?? INITIAL_QUORUM_STATE,
      service: this.#service,
      persist: (state, kraftVersion) =>
        writeQuorumState(platform.disk, folder, state, quorumStateFormat(parts.bootstrap, kraftVersion)),
      onFatal: (error) => this.#fail(error),
    };
  }

  /** A node that never votes owes nobody its log. */
  async #openMark(folder: string): Promise<CommittedMark | undefined> {
    const { platform, role } = this.#options;
    if (role === 'observer') return undefined;
    const { disk, timers } = platform;
    return CommittedMark.open({ disk, timers, folder, onFatal: (error) => this.#fail(error) });
  }

  /** Static voters are told apart by id alone: the quorum would count such a replica, and its vote would be asked for. */
  #mayFetchAgain({ source, voters }: BootstrapVoters): boolean {
    const { role, nodeId, bootstrapServers = [] } = this.#options;
    if (role === 'observer') return true;
    return source === 'checkpoint' && (bootstrapServers.length > 0 || voters.ids.some((id) => id !== nodeId));
  }

  async #close(): Promise<void> {
    const before = this.#phase;
    if (before === 'running') await this.#pump?.shutdown(HAND_OVER_TIMEOUT_MS);
    this.#phase = 'stopping';
    if (before === 'starting') await this.#starting.catch(() => undefined);
    await this.#repair?.idle();
    await this.#pump?.close();
    await this.#mark?.close();
    await this.#log?.close();
    this.#lock?.release();
  }

  #serve(serviceHost: NonNullable<RaftDriverOptions['serviceHost']>): RaftService {
    return createRaftService(serviceHost, {
      // Between two pumps nobody would answer.
      accepts: () => this.#phase === 'running' && this.#repair?.isEnding !== true,
      onRequest: (requestId, request) => this.#pump?.request(requestId, request),
      onRequestGone: (requestId) => this.#pump?.requestGone(requestId),
      onReplicaLost: (replicaId, lost) => {
        if (this.#phase !== 'running') return;
        for (const listener of this.#pump?.listeners ?? []) listener.onReplicaLost?.(replicaId, lost);
      },
    });
  }

  #lockFolder(): DiskLock {
    const { platform, logFolder } = this.#options;
    const path = `${logFolder}/.lock`;
    platform.disk.makeFolder(logFolder);
    const lock = platform.disk.lock(path);
    if (lock !== undefined) return lock;
    const holder = platform.disk.lockHolder(path) ?? 'another process';
    throw new UnusableLogFolder(`log folder ${logFolder} is in use by ${holder}`);
  }

  /** Nothing more is done: what this node has on its disk is not what it believes. */
  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#phase = 'stopping';
    this.#pump?.halt();
    this.#options.platform.logger.error('the metadata log cannot go on', { error });
    this.#options.onFatal(error);
  }
}

/** What a pump works on, whoever this node is for it. */
interface RaftParts extends Omit<OpenedMetadataLog, 'lost'> {
  readonly folder: string;
  readonly bootstrap: BootstrapVoters;
  readonly mark: CommittedMark | undefined;
  readonly mayFetchAgain: boolean;
}
