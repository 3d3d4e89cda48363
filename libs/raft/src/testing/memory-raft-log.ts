import { invariant, offset, ZERO_OFFSET, type Offset, type OffsetAndEpoch } from '@milena/model';
import { continuesSnapshot } from '../epoch-ends';
import type { RaftLog } from '../raft-log';
import { VoterSet, type Voter } from '../voter-set';
import { decodeTextBatches, encodeTextBatch, nextOffset, type TextBatch } from './text-batches';
import { decodeTextSnapshot, encodeTextSnapshot, type TextSnapshot } from './text-snapshot';

interface StoredSnapshot extends Pick<TextSnapshot, 'records' | 'voters'> {
  readonly id: OffsetAndEpoch;
  readonly bytes: Buffer;
}

interface Records {
  readonly start: Offset;
  readonly batches: readonly TextBatch[];
}

/**
 * A log in memory whose unflushed part a crash loses, with snapshots beside it, which are durable from the moment they have
 * their name. `maker` is written into the snapshots made here, so that no two replicas' are equal byte by byte.
 */
export class MemoryRaftLog implements RaftLog {
  private records: Records = { start: ZERO_OFFSET, batches: [] };
  private durable: Records = this.records;
  /** Ordered by offset. */
  private snapshots: readonly StoredSnapshot[] = [];
  private part: { readonly id: OffsetAndEpoch; bytes: Buffer } | undefined;
  private restarts = 0;
  private ids: readonly OffsetAndEpoch[] = [];
  private readonly histories = new WeakMap<
    Records,
    { base: readonly string[] | undefined; known: readonly string[] }
  >();

  constructor(private readonly maker = 0) {}

  get contents(): readonly TextBatch[] {
    return this.records.batches;
  }

  /** The same array as long as no snapshot comes or goes. */
  get snapshotIds(): readonly OffsetAndEpoch[] {
    return this.ids;
  }

  /** What the snapshot says of the records before its end, as `history` has them. */
  recordsIn(id: OffsetAndEpoch): readonly string[] {
    return this.find(id)?.records ?? [];
  }

  /** Everything from offset 0 on as `epoch:value`, what a snapshot stands for included; `durably`: what a crash leaves. */
  history(how?: 'durably'): readonly string[] {
    const known = this.historyOf(how === 'durably' ? this.durable : this.records);
    const latest = this.snapshots.at(-1);
    return how === 'durably' && latest !== undefined && known.length < latest.id.offset ? latest.records : known;
  }

  /** Begins a flush; what it returns completes it. */
  beginFlush(): () => void {
    const { records, restarts } = this;
    return () => {
      const { start } = this.durable;
      if (this.restarts === restarts) this.durable = { start, batches: behind(start, records) };
    };
  }

  crash(): void {
    this.records = this.durable;
  }

  /** What a driver does before the state machine starts: nothing half done is left. */
  recover(): void {
    this.part = undefined;
    const latest = this.latestSnapshot();
    if (latest !== undefined && !continuesSnapshot(this, latest)) this.restartAt(latest);
  }

  startOffset(): Offset {
    return this.records.start;
  }

  endOffset(): Offset {
    const last = this.records.batches.at(-1);
    return last === undefined ? this.records.start : nextOffset(last);
  }

  lastEpoch(): number {
    return this.records.batches.at(-1)?.epoch ?? this.latestSnapshot()?.epoch ?? 0;
  }

  endOffsetForEpoch(epoch: number): OffsetAndEpoch {
    const last = this.records.batches.findLast((batch) => batch.epoch <= epoch);
    return last === undefined ? { epoch, offset: this.records.start } : { epoch: last.epoch, offset: nextOffset(last) };
  }

  read(from: Offset, maxBytes: number): Buffer {
    const chosen: Buffer[] = [];
    let size = 0;
    for (const batch of this.records.batches) {
      if (nextOffset(batch) <= from) continue;
      const bytes = encodeTextBatch(batch);
      if (chosen.length > 0 && size + bytes.length > maxBytes) break;
      chosen.push(bytes);
      size += bytes.length;
    }
    return Buffer.concat(chosen);
  }

  append(bytes: Uint8Array): void {
    for (const batch of decodeTextBatches(bytes)) {
      invariant(offset(batch.baseOffset) === this.endOffset(), 'batches follow each other', { batch });
      this.records = { ...this.records, batches: [...this.records.batches, batch] };
    }
  }

  truncateTo(end: Offset): void {
    const { start, batches } = this.records;
    this.records = { start, batches: batches.filter((batch) => nextOffset(batch) <= end) };
    invariant(this.endOffset() === end, 'truncation is at a batch border', { end });
  }

  latestSnapshot(): OffsetAndEpoch | undefined {
    return this.snapshots.at(-1)?.id;
  }

  oldestSnapshot(): OffsetAndEpoch | undefined {
    return this.snapshots[0]?.id;
  }

  snapshotSize(id: OffsetAndEpoch): number | undefined {
    return this.find(id)?.bytes.length;
  }

  readSnapshot(id: OffsetAndEpoch, position: number, maxBytes: number): Buffer {
    const stored = this.find(id);
    invariant(stored !== undefined, 'only a snapshot that exists is read', { id });
    return stored.bytes.subarray(position, position + maxBytes);
  }

  snapshotVoters(id: OffsetAndEpoch): VoterSet | undefined {
    const voters = this.find(id)?.voters;
    return voters === undefined ? undefined : VoterSet.of(voters);
  }

  beginSnapshot(id: OffsetAndEpoch): void {
    this.part = { id, bytes: Buffer.alloc(0) };
  }

  appendSnapshot(bytes: Uint8Array): void {
    invariant(this.part !== undefined, 'a snapshot was begun');
    this.part.bytes = Buffer.concat([this.part.bytes, bytes]);
  }

  abandonSnapshot(): void {
    this.part = undefined;
  }

  /** Gives the received file its final name: the first step of an install. False when it is damaged; then it is dropped. */
  placeReceived(): boolean {
    const { part } = this;
    invariant(part !== undefined, 'a snapshot was begun');
    this.part = undefined;
    const { isIntact, records, voters } = decodeTextSnapshot(part.bytes);
    if (isIntact) this.keep({ ...part, records, voters });
    return isIntact;
  }

  /** Empties the log to start at the end of the snapshot, durably: the second step of an install. */
  restartAt(id: OffsetAndEpoch): void {
    this.restarts += 1;
    this.records = { start: id.offset, batches: [] };
    this.durable = this.records;
    this.setSnapshots(this.snapshots.filter((stored) => stored.id.offset >= id.offset));
  }

  /** Makes a snapshot of everything before `end`. */
  makeSnapshot(end: Offset): void {
    const records = this.history().slice(0, end);
    const epoch = Number(records.at(-1)?.split(':', 1)[0]);
    const id = { offset: end, epoch };
    const voters = this.votersBefore(end);
    this.keep({ id, records, voters, bytes: encodeTextSnapshot({ id, maker: this.maker, voters, records }) });
  }

  /** Drops what the snapshot stands for, older snapshots included. */
  cleanTo({ offset: start }: OffsetAndEpoch): void {
    this.records = { start, batches: behind(start, this.records) };
    this.durable = { start, batches: behind(start, this.durable) };
    this.setSnapshots(this.snapshots.filter(({ id }) => id.offset >= start));
  }

  private historyOf(records: Records): readonly string[] {
    const base = this.snapshots.findLast(({ id }) => id.offset <= records.start)?.records;
    const cached = this.histories.get(records);
    if (cached !== undefined && cached.base === base) return cached.known;
    const own = records.batches.flatMap((batch) => batch.values.map((value) => `${batch.epoch}:${value}`));
    const known = [...(base ?? []), ...own];
    this.histories.set(records, { base, known });
    return known;
  }

  private keep(snapshot: StoredSnapshot): void {
    const others = this.snapshots.filter(({ id }) => id.offset !== snapshot.id.offset);
    this.setSnapshots([...others, snapshot].toSorted((left, right) => left.id.offset - right.id.offset));
  }

  private setSnapshots(snapshots: readonly StoredSnapshot[]): void {
    this.snapshots = snapshots;
    this.ids = snapshots.map(({ id }) => id);
  }

  private find({ offset: end, epoch }: OffsetAndEpoch): StoredSnapshot | undefined {
    return this.snapshots.find(({ id }) => id.offset === end && id.epoch === epoch);
  }

  private votersBefore(end: Offset): readonly Voter[] | undefined {
    const inLog = this.records.batches.flatMap(({ baseOffset, control = [] }) =>
      control.flatMap((record, index) => (record.type === 'voters' && baseOffset + index < end ? [record.voters] : [])),
    );
    const base = this.snapshots.findLast(({ id }) => id.offset <= end);
    return inLog.at(-1) ?? base?.voters;
  }
}

function behind(start: Offset, { batches }: Records): readonly TextBatch[] {
  return batches.filter((batch) => nextOffset(batch) > start);
}
