import { DEFAULT_LOG_CONFIG, openPartitionLog, type PartitionLog } from '@milena/log-store';
import {
  failure,
  invariant,
  METADATA_PARTITION,
  METADATA_TOPIC_ID,
  type Offset,
  type OffsetAndEpoch,
  type Result,
  ZERO_OFFSET,
} from '@milena/model';
import type { DiskLock, TraceContext } from '@milena/platform';
import { type BootstrapVoters, INITIAL_QUORUM_STATE, VoterSet } from '@milena/raft';
import { encodeBatch } from '@milena/record-batch';
import { readBootstrapCheckpoint, UnusableBootstrapCheckpoint } from './bootstrap-checkpoint';
import { TRACEPARENT_HEADER } from './committed-batch';
import { metadataFolder } from './format-storage';
import { UnusableLogFolder } from './meta-properties';
import type { LeaderInfo, MetadataLog, MetadataLogListener, QuorumDescription } from './metadata-log';
import { voterSet } from './metadata-raft-batches';
import { type QuorumStateFormat, readQuorumState, writeQuorumState } from './quorum-state-file';
import type { RaftDriverOptions, StaticVoter } from './raft-driver-options';
import { createRaftPump, type RaftPump } from './raft-pump';
import { createRaftService, type RaftService } from './raft-service';

/** Largest batch that may be appended, bytes of record values (Kafka's internal limit of the metadata log). */
const APPEND_BYTES_MAX = 8 * 1024 * 1024;
/** How long `stop` waits for a successor before it gives up leading anyway. */
const HAND_OVER_TIMEOUT_MS = 3000;

/** A node's part in the quorum: the metadata log, replicated. */
export interface RaftDriver extends MetadataLog {
  /**
   * Opens or recovers the log and takes part. Rejects with UnusableLogFolder, UnusableQuorumState or
   * UnusableBootstrapCheckpoint when the folder cannot be used, and with DiskError.
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
  #phase: 'new' | 'starting' | 'running' | 'stopping' = 'new';
  #starting: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  #lock: DiskLock | undefined;
  #log: PartitionLog | undefined;
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
    return this.#phase === 'running' && this.#pump?.isHealthy() === true;
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
          index === 0 && trace !== undefined
            ? { value, headers: [{ key: TRACEPARENT_HEADER, value: Buffer.from(trace.traceparent, 'latin1') }] }
            : { value },
        ),
      }),
    );
  }

  subscribe(listener: MetadataLogListener): void {
    if (this.#pump === undefined) this.#early.push(listener);
    else this.#pump.subscribe(listener);
  }

  resign(epoch: number): void {
    this.#pump?.resign(epoch);
  }

  createSnapshot(id: OffsetAndEpoch): Promise<Result<void>> {
    return Promise.resolve(failure('OPERATION_NOT_ATTEMPTED', `snapshot ${id.offset}-${id.epoch} cannot be written`));
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
    const restored = readQuorumState(platform.disk, folder) ?? INITIAL_QUORUM_STATE;
    const bootstrap = this.#bootstrapVoters(folder);
    const log = await this.#openLog(folder);
    this.#log = log;
    if (this.#phase !== 'starting') return;
    const format = quorumStateFormat(bootstrap);
    const pump = createRaftPump({
      driver: this.#options,
      log,
      restored,
      bootstrap,
      service: this.#service,
      persist: (state) => writeQuorumState(platform.disk, folder, state, format),
      onFatal: (error) => this.#fail(error),
    });
    this.#pump = pump;
    this.#phase = 'running';
    for (const listener of this.#early) pump.subscribe(listener);
    pump.start();
  }

  async #close(): Promise<void> {
    const before = this.#phase;
    if (before === 'running') await this.#pump?.shutdown(HAND_OVER_TIMEOUT_MS);
    this.#phase = 'stopping';
    if (before === 'starting') await this.#starting.catch(() => undefined);
    await this.#pump?.close();
    await this.#log?.close();
    this.#lock?.release();
  }

  #serve(serviceHost: NonNullable<RaftDriverOptions['serviceHost']>): RaftService {
    return createRaftService(serviceHost, {
      accepts: () => this.#phase === 'running',
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

  #bootstrapVoters(folder: string): BootstrapVoters {
    const { platform, staticVoters = [], bootstrapServers = [] } = this.#options;
    const checkpoint = readBootstrapCheckpoint(platform.disk, folder);
    if (checkpoint === undefined) {
      if (staticVoters.length === 0 && bootstrapServers.length === 0) {
        throw new UnusableBootstrapCheckpoint(
          `${folder} was formatted without voters, and neither controller.quorum.bootstrap.servers nor controller.quorum.voters says whom to ask`,
        );
      }
      const source = staticVoters.length > 0 ? 'static' : 'checkpoint';
      return { voters: staticVoterSet(staticVoters), source };
    }
    if (staticVoters.length > 0) {
      // Two quorums could form from two truths about who votes (KAFKA-19489).
      throw new UnusableBootstrapCheckpoint(
        `${folder} was formatted with voters, so controller.quorum.voters must not be set`,
      );
    }
    return { voters: voterSet(checkpoint.voters), source: 'checkpoint' };
  }

  #openLog(folder: string): Promise<PartitionLog> | PartitionLog {
    const { platform, logConfig } = this.#options;
    const { disk, clock, logger } = platform;
    return openPartitionLog({
      disk,
      clock,
      logger,
      folder,
      topicPartition: METADATA_PARTITION,
      topicId: METADATA_TOPIC_ID,
      config: { ...DEFAULT_LOG_CONFIG, ...logConfig, retentionMs: undefined, retentionBytes: undefined },
      recoveryPoint: ZERO_OFFSET,
      cleanShutdown: false,
    });
  }

  #fail(error: unknown): void {
    this.#phase = 'stopping';
    this.#options.platform.logger.error('the metadata log cannot go on', { error });
    this.#options.onFatal(error);
  }
}

/** Version 0 lists the static voters; a voter set of the log's own needs version 1 (KIP-853). */
function quorumStateFormat({ source, voters }: BootstrapVoters): QuorumStateFormat {
  return source === 'static' ? { dataVersion: 0, voterIds: voters.ids } : { dataVersion: 1 };
}

/** What a static voter supports is not known before it is heard from: both versions, as a newly formatted one does. */
function staticVoterSet(voters: readonly StaticVoter[]): VoterSet {
  return VoterSet.of(voters.map(({ id, endpoint }) => ({ key: { id }, endpoint, kraftVersions: { min: 0, max: 1 } })));
}
