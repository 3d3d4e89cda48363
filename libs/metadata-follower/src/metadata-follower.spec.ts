import { encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { offset, timestampMs, type Uuid } from '@milena/model';
import type { SpanOptions, Tracer } from '@milena/platform';
import { createVirtualTime } from '@milena/platform/testing';
import type { CommittedBatch, MetadataLogListener } from '@milena/raft-driver';
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
