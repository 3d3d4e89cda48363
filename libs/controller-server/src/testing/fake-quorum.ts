import {
  failure,
  offset,
  success,
  timestampMs,
  ZERO_OFFSET,
  type Failure,
  type Offset,
  type Result,
} from '@milena/model';
import type { ChannelFailure, Timers, TraceContext } from '@milena/platform';
import type { LeaderInfo, MetadataLog, MetadataLogListener } from '@milena/raft-driver';

interface Batch {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  readonly epoch: number;
  readonly records: readonly Buffer[];
}

/** How long the fake quorum takes to commit. */
export const COMMIT_DELAY_MS = 2;

/** A metadata log without Raft: leaders are named by the test, batches commit after a moment, or when told to. */
export class FakeQuorum {
  readonly #timers: Timers;
  readonly #members = new Map<number, FakeMetadataLog>();
  readonly batches: Batch[] = [];
  readonly traces: (TraceContext | undefined)[] = [];
  /** Nodes that are told of nothing that is committed. */
  readonly behind = new Set<number>();
  leader: LeaderInfo = { leaderId: undefined, epoch: 0 };
  /** When false, nothing commits until `commitAll`. */
  autoCommit = true;
  /** When true, nothing is appended, as when too much is not committed. */
  isFull = false;
  kraftVersion = 1;
  /** Why kraft.version cannot be raised, if it cannot. */
  kraftRefusal: Failure | undefined;
  nextOffset = 0;
  #committed = 0;
  #epoch = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  join(nodeId: number): FakeMetadataLog {
    const log = new FakeMetadataLog(this, nodeId);
    this.#members.set(nodeId, log);
    return log;
  }

  /** Offset up to which everything is committed, exclusive. */
  get committedEnd(): Offset {
    return offset((this.batches[this.#committed - 1]?.lastOffset ?? -1) + 1);
  }

  /** Ends the reign of the present leader and begins that of another. The uncommitted tail is kept or lost. */
  elect(nodeId: number, { keepTail = true } = {}): void {
    this.depose();
    if (!keepTail) this.batches.length = this.#committed;
    this.nextOffset = (this.batches.at(-1)?.lastOffset ?? -1) + 1;
    this.commitAll();
    const startOffset = offset(this.nextOffset++);
    this.leader = { leaderId: nodeId, epoch: ++this.#epoch };
    this.#members.get(nodeId)?.listener?.onLeader(this.#epoch, startOffset);
  }

  /** An election begins as that node sees it, or is over. */
  tellElection(nodeId: number, isOpen: boolean): void {
    this.#members.get(nodeId)?.listener?.onElection?.(isOpen);
  }

  /** The present leader gives up; nobody leads. */
  depose(): void {
    const { leaderId, epoch } = this.leader;
    this.leader = { leaderId: undefined, epoch };
    if (leaderId !== undefined) this.#members.get(leaderId)?.listener?.onResigned(epoch);
  }

  append(epoch: number, values: readonly Uint8Array[], trace?: TraceContext) {
    if (this.isFull) return failure('THROTTLING_QUOTA_EXCEEDED', 'too many records are not committed');
    const baseOffset = offset(this.nextOffset);
    const lastOffset = offset(baseOffset + values.length - 1);
    this.nextOffset = lastOffset + 1;
    this.batches.push({ baseOffset, lastOffset, epoch, records: values.map((value) => Buffer.from(value)) });
    this.traces.push(trace);
    this.#timers.after(COMMIT_DELAY_MS, () => this.autoCommit && this.commitAll());
    return success({ baseOffset, lastOffset });
  }

  commitAll(): void {
    this.commitBatches(Infinity);
  }

  /** Commits at most so many batches. */
  commitBatches(count: number): void {
    for (const batch of this.batches.slice(this.#committed, this.#committed + count)) {
      this.#committed++;
      for (const [nodeId, { listener }] of this.#members) {
        if (this.behind.has(nodeId)) continue;
        listener?.onCommitted({ ...batch, timestamp: timestampMs(0) });
        listener?.onDelivered?.(offset(batch.lastOffset + 1));
      }
    }
  }

  /** A replica's stream breaks on the serving side, which is the leader unless said otherwise. */
  lose(replicaId: number, reason: ChannelFailure['reason'], serverId = this.leader.leaderId ?? -1): void {
    this.#members.get(serverId)?.listener?.onReplicaLost?.(replicaId, { reason, message: 'stream broke' });
  }
}

/** One node's view of the fake quorum. */
export class FakeMetadataLog implements MetadataLog {
  listener: MetadataLogListener | undefined;

  constructor(
    readonly quorum: FakeQuorum,
    readonly nodeId: number,
  ) {}

  leader(): LeaderInfo {
    return this.quorum.leader;
  }

  highWatermark(): Offset {
    return this.quorum.committedEnd;
  }

  logEndOffset(): Offset {
    return offset(this.quorum.nextOffset);
  }

  append(
    epoch: number,
    values: readonly Uint8Array[],
    trace?: TraceContext,
  ): Result<{ baseOffset: Offset; lastOffset: Offset }> {
    const { leader } = this.quorum;
    if (leader.leaderId !== this.nodeId || leader.epoch !== epoch) return failure('NOT_CONTROLLER', 'not the leader');
    return this.quorum.append(epoch, values, trace);
  }

  subscribe(listener: MetadataLogListener): void {
    this.listener = listener;
  }

  kraftVersion(): number {
    return this.quorum.kraftVersion;
  }

  upgradeKraftVersion({ version, validateOnly }: Parameters<MetadataLog['upgradeKraftVersion']>[0]): Result<void> {
    if (this.quorum.kraftRefusal !== undefined) return { ok: false, error: this.quorum.kraftRefusal };
    if (!validateOnly) this.quorum.kraftVersion = version;
    return success(undefined);
  }

  resign(): void {
    this.quorum.depose();
  }

  createSnapshot(): Promise<Result<void>> {
    return Promise.resolve(failure('OPERATION_NOT_ATTEMPTED', 'the fake quorum keeps no snapshots'));
  }

  describe() {
    const { leaderId, epoch } = this.quorum.leader;
    return { leaderId, leaderEpoch: epoch, highWatermark: ZERO_OFFSET, voters: [], observers: [] };
  }
}
