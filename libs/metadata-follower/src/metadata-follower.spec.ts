import { encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { offset, success, timestampMs, type Uuid } from '@milena/model';
import { silentLogger, type SpanOptions, type Tracer } from '@milena/platform';
import { createVirtualTime } from '@milena/platform/testing';
import type { CommittedBatch, MetadataLog, MetadataLogListener, MetadataSnapshot } from '@milena/raft-driver';
import { MetadataFollower, type MetadataFollowerOptions } from './metadata-follower';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('MetadataFollower', () => {
  const time = createVirtualTime();
  let log: { subscribe(listener: MetadataLogListener): void };
  let listener: MetadataLogListener;
  let published: string[][];
  let spans: { readonly name: string; readonly options: SpanOptions | undefined; ended: boolean }[];
  beforeEach(() => {
    published = [];
    spans = [];
    log = { subscribe: (subscriber) => void (listener = subscriber) };
  });

  function follower(options: Partial<MetadataFollowerOptions> = {}): MetadataFollower {
    const tracer: Tracer = {
      isOn: true,
      startSpan(name, spanOptions) {
        const span = { name, options: spanOptions, ended: false };
        spans.push(span);
        return { context: undefined, setAttribute() {}, end: () => void (span.ended = true) };
      },
    };
    const made = new MetadataFollower({
      platform: { clock: time.clock, timers: time.timers, tracer },
      metadataLog: log,
      publish: (_, image) => published.push(Array.from(image.topics(), ({ name }) => name).sort()),
      ...options,
    });
    made.start();
    return made;
  }

  function topic(name: string): MetadataRecord {
    return { type: 'TopicRecord', name, topicId: `${name.padEnd(21, 'A')}A` as Uuid };
  }

  function batch(at: number, records: readonly MetadataRecord[], more: Partial<CommittedBatch> = {}): CommittedBatch {
    return {
      baseOffset: offset(at),
      lastOffset: offset(at + records.length - 1),
      epoch: 1,
      timestamp: timestampMs(Math.floor(time.clock.wallMs())),
      records: records.map((record) => Buffer.from(encodeMetadataRecord(record))),
      ...more,
    };
  }

  /** A snapshot whose records the listener gets in two batches. */
  function snapshot(end: number, records: readonly MetadataRecord[]): MetadataSnapshot {
    const values = records.map((record) => Buffer.from(encodeMetadataRecord(record)));
    return {
      id: { offset: offset(end), epoch: 1 },
      timestamp: timestampMs(7),
      batches: () => [{ records: values.slice(0, 1) }, { records: values.slice(1) }],
    };
  }

  function load(loaded: MetadataSnapshot): void {
    for (const _step of listener.onSnapshot(loaded) ?? []) expect(published.at(-1)).not.toContain('new');
  }

  it('publishes what a snapshot changes against the image before it, as one delta', () => {
    const deltas: (readonly string[])[] = [];
    const made = follower({
      publish: (delta, image, { lastOffset, timestamp }) => {
        deltas.push(
          [...delta.deletedTopics.values(), ...delta.changedTopics.keys()],
          [`${lastOffset} at ${timestamp}`],
        );
        published.push(Array.from(image.topics(), ({ name }) => name).sort());
      },
    });
    listener.onCommitted(batch(0, [topic('gone'), topic('kept')]));
    deltas.length = 0;
    load(snapshot(9, [topic('kept'), topic('new')]));
    expect(deltas).toEqual([['gone', 'new'.padEnd(21, 'A') + 'A'], ['8 at 7']]);
    expect(published.at(-1)).toEqual(['kept', 'new']);
    expect(made.image.provenance).toEqual({ offset: 8, epoch: 1 });
    listener.onCommitted(batch(9, [topic('after')]));
    expect(published.at(-1)).toEqual(['after', 'kept', 'new']);
  });

  it('publishes what a transaction wrote when it ends, and nothing of one that is aborted', () => {
    follower();
    listener.onCommitted(batch(0, [{ type: 'BeginTransactionRecord', name: 'first' }, topic('a')]));
    listener.onCommitted(batch(2, [topic('b')]));
    expect(published).toEqual([]);
    listener.onCommitted(batch(3, [{ type: 'EndTransactionRecord' }]));
    listener.onCommitted(batch(4, [{ type: 'BeginTransactionRecord', name: 'second' }, topic('never')]));
    listener.onCommitted(batch(6, [{ type: 'AbortTransactionRecord', reason: 'the controller changed' }]));
    expect(published).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('writes a snapshot of the image after so many record bytes, and after so long, never inside a transaction', async () => {
    const written: { readonly end: number; readonly records: number }[] = [];
    const createSnapshot: MetadataLog['createSnapshot'] = (id, records) => {
      written.push({ end: id.offset, records: [...records].length });
      return Promise.resolve(success(undefined));
    };
    const size = encodeMetadataRecord(topic('a')).length;
    const triggers = { recordBytesMax: 2 * size, intervalMs: 1000 };
    const made = follower({ snapshots: { metadataLog: { createSnapshot }, triggers, logger: silentLogger } });
    listener.onCommitted(batch(0, [topic('a')]));
    expect(written).toEqual([]);
    listener.onCommitted(batch(1, [topic('b')]));
    expect(written).toEqual([{ end: 2, records: 2 }]);
    await time.advance(10);
    listener.onCommitted(batch(2, [{ type: 'BeginTransactionRecord', name: 't' }]));
    listener.onCommitted(batch(3, [topic('c'), topic('d')]));
    await time.advance(2000);
    expect(written).toHaveLength(1);
    listener.onCommitted(batch(5, [{ type: 'EndTransactionRecord' }]));
    expect(written.at(-1)).toEqual({ end: 6, records: 4 });
    await time.advance(10);
    listener.onCommitted(batch(6, [{ type: 'NoOpRecord' }]));
    await time.advance(1000);
    expect(written.at(-1)).toEqual({ end: 7, records: 4 });
    made.close();
    await time.advance(5000);
    expect(written).toHaveLength(3);
  });

  it('publishes every batch whole, in order', () => {
    const made = follower();
    listener.onCommitted(batch(0, [topic('orders'), topic('clicks')]));
    listener.onCommitted(batch(2, [topic('users')]));
    expect(published).toEqual([
      ['clicks', 'orders'],
      ['clicks', 'orders', 'users'],
    ]);
    expect(made.image.provenance.offset).toBe(2);
  });

  it('holds history back until a record says that it is over, then publishes it as one', () => {
    const made = follower({ publishFrom: (record) => record.type === 'TopicRecord' && record.name === 'now' });
    listener.onCommitted(batch(0, [topic('once')]));
    listener.onCommitted(batch(1, [topic('then')]));
    expect(published).toEqual([]);
    expect([...made.image.topics()]).toEqual([]);
    listener.onCommitted(batch(2, [topic('now'), topic('too')]));
    listener.onCommitted(batch(4, [topic('later')]));
    expect(published).toEqual([
      ['now', 'once', 'then', 'too'],
      ['later', 'now', 'once', 'then', 'too'],
    ]);
  });

  it('lets callers wait for what they wrote, for as long as they say', async () => {
    const made = follower();
    const reached = made.waitFor(1, 1_000);
    const tooFar = made.waitFor(5, 1_000);
    listener.onCommitted(batch(0, [topic('orders'), topic('clicks')]));
    expect(await reached).toBe(true);
    expect(await made.waitFor(0, 0)).toBe(true);
    expect(await made.waitFor(2, 0)).toBe(false);
    await time.advance(1_000);
    expect(await tooFar).toBe(false);
  });

  it('tells a reader when it has everything up to an offset, control records and open transactions included', async () => {
    const made = follower();
    const reads = [1, 2, 4, 5].map((end) => made.waitForEnd(end, 1_000));
    listener.onCommittedLeaderChange?.({ leaderId: 1, epoch: 1, offset: offset(0), timestamp: timestampMs(0) });
    expect([await reads[0], made.appliedEnd]).toEqual([true, 1]);
    listener.onCommitted(batch(1, [topic('orders')]));
    listener.onCommitted(batch(2, [{ type: 'BeginTransactionRecord', name: 'open' }, topic('later')]));
    expect([await reads[1], await reads[2]]).toEqual([true, true]);
    expect(published).toEqual([['orders']]);
    listener.onDelivered?.(offset(5));
    expect(await reads[3]).toBe(true);
    load(snapshot(9, [topic('orders')]));
    expect(await made.waitForEnd(9, 0)).toBe(true);
    expect(await made.waitForEnd(10, 0)).toBe(false);
  });

  it('has nothing for a reader before it publishes at all', async () => {
    const made = follower({ publishFrom: (record) => record.type === 'TopicRecord' && record.name === 'now' });
    listener.onCommitted(batch(0, [topic('once')]));
    expect(await made.waitForEnd(1, 0)).toBe(false);
    listener.onCommitted(batch(1, [topic('now')]));
    expect(await made.waitForEnd(2, 0)).toBe(true);
  });

  it('ends every wait and says nothing more once it is closed', async () => {
    const made = follower({ onLeaderChange: () => published.push(['leader']) });
    const waiting = made.waitFor(1, 60_000);
    made.close();
    expect(await waiting).toBe(false);
    expect(await made.waitFor(1, 60_000)).toBe(false);
    listener.onCommitted(batch(0, [topic('orders')]));
    listener.onLeaderChange({ leaderId: 1, epoch: 1 });
    expect(published).toEqual([]);
  });

  it('applies a traced batch under a span of its trace, and history that is read again under none', () => {
    follower();
    listener.onCommitted(batch(0, [topic('untraced')]));
    const old = timestampMs(Math.floor(time.clock.wallMs() - 120_000));
    listener.onCommitted(batch(1, [topic('old')], { traceparent: TRACEPARENT, timestamp: old }));
    expect(spans).toEqual([]);
    listener.onCommitted(batch(2, [topic('new')], { traceparent: TRACEPARENT }));
    expect(spans).toMatchObject([
      {
        name: 'metadata apply',
        options: { parent: { traceparent: TRACEPARENT }, attributes: { 'milena.metadata.offset': 2 } },
        ended: true,
      },
    ]);
  });
});
