import { failure, invariant, ZERO_OFFSET, type Offset, type OffsetAndEpoch, type Result } from '@milena/model';
import type { TraceContext } from '@milena/platform';
import type { LeaderInfo, MetadataLogListener, QuorumDescription, RaftDriver } from '@milena/raft-driver';

/** What a late metadata log is made from. */
export interface LateMetadataLogOptions {
  readonly nodeId: number;
  /** Resolves to the log once its folder can be used; undefined when `cancel` came first. Called by `start`. */
  readonly open: () => Promise<RaftDriver | undefined>;
  /** Ends the wait of `open`. */
  readonly cancel: () => void;
}

/** A metadata log whose folder is not usable yet: until it is, nothing is known, and who subscribes waits. */
export class LateMetadataLog implements RaftDriver {
  readonly nodeId: number;
  readonly #early: MetadataLogListener[] = [];
  #log: RaftDriver | undefined;
  #opening: Promise<RaftDriver | undefined> | undefined;

  constructor(private readonly options: LateMetadataLogOptions) {
    this.nodeId = options.nodeId;
  }

  /** Resolves when the folder is prepared and the log opened, however long that takes, or when it was stopped. */
  async start(): Promise<void> {
    invariant(this.#opening === undefined, 'a metadata log starts once');
    this.#opening = this.options.open();
    const log = await this.#opening;
    if (log === undefined) return;
    this.#log = log;
    for (const listener of this.#early) log.subscribe(listener);
    await log.start();
  }

  async stop(): Promise<void> {
    this.options.cancel();
    const log = await this.#opening?.catch(() => undefined);
    await log?.stop();
  }

  health(): boolean {
    return this.#log?.health() ?? false;
  }

  leaderHighWatermark(): Offset | undefined {
    return this.#log?.leaderHighWatermark();
  }

  leader(): LeaderInfo {
    return this.#log?.leader() ?? { leaderId: undefined, epoch: 0 };
  }

  highWatermark(): Offset | undefined {
    return this.#log?.highWatermark();
  }

  logEndOffset(): Offset {
    return this.#log?.logEndOffset() ?? ZERO_OFFSET;
  }

  append(
    epoch: number,
    records: readonly Uint8Array[],
    trace?: TraceContext,
  ): Result<{ readonly baseOffset: Offset; readonly lastOffset: Offset }> {
    return this.#log?.append(epoch, records, trace) ?? failure('NOT_CONTROLLER', 'this node has not started');
  }

  subscribe(listener: MetadataLogListener): void {
    if (this.#log === undefined) this.#early.push(listener);
    else this.#log.subscribe(listener);
  }

  kraftVersion(): number {
    return this.#log?.kraftVersion() ?? 0;
  }

  upgradeKraftVersion(upgrade: Parameters<RaftDriver['upgradeKraftVersion']>[0]): Result<void> {
    return this.#log?.upgradeKraftVersion(upgrade) ?? failure('NOT_CONTROLLER', 'this node has not started');
  }

  resign(epoch: number): void {
    this.#log?.resign(epoch);
  }

  createSnapshot(id: OffsetAndEpoch, records: Iterable<Uint8Array>): Promise<Result<void>> {
    return this.#log?.createSnapshot(id, records) ?? Promise.resolve(notOpened());
  }

  describe(): QuorumDescription {
    const unknown = { leaderId: undefined, leaderEpoch: 0, highWatermark: undefined, voters: [], observers: [] };
    return this.#log?.describe() ?? unknown;
  }
}

function notOpened(): Result<void> {
  return failure('OPERATION_NOT_ATTEMPTED', 'this node has not started');
}
