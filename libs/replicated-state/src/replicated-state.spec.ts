import { failure, offset, type Offset, type Result } from '@milena/model';
import { noTracer, type Span, type SpanOptions, type TraceContext, type Tracer } from '@milena/platform';
import { createVirtualTime } from '@milena/platform/testing';
import { createReplicatedState, type AppendedRange, type Decision, type ReplayedBatch } from './index';

type Sums = readonly number[];

/** A log that keeps what is appended and commits when the test says so. */
class ManualLog {
  readonly batches: { baseOffset: Offset; lastOffset: Offset; epoch: number; records: Buffer[] }[] = [];
  readonly traces: (TraceContext | undefined)[] = [];
  refusal: Result<never> | undefined;

  append(epoch: number, values: readonly Uint8Array[], trace?: TraceContext): Result<AppendedRange> {
    if (this.refusal) return this.refusal;
    const baseOffset = offset((this.batches.at(-1)?.lastOffset ?? -1) + 1);
    const lastOffset = offset(baseOffset + values.length - 1);
    this.batches.push({ baseOffset, lastOffset, epoch, records: values.map((value) => Buffer.from(value)) });
    this.traces.push(trace);
    return { ok: true, value: { baseOffset, lastOffset } };
  }
}

/** A list of numbers to which records add; record `n` appends n. */
const machine = {
  initial: [] as Sums,
  replay: (state: Sums, { records }: ReplayedBatch<number>): Sums => [...state, ...records],
  encode: (record: number) => Buffer.from([record]),
  decode: (value: Buffer) => value[0]!,
};

const options = { operation: 'add', timeoutMs: 1000 };

function setUp({ maxParked = 100, tracer = noTracer }: { maxParked?: number; tracer?: Tracer } = {}) {
  const log = new ManualLog();
  const time = createVirtualTime();
  const state = createReplicatedState({
    name: 'test',
    machine,
    log,
    failures: { notLeading: 'NOT_CONTROLLER', outcomeUnknown: 'REQUEST_TIMED_OUT' },
    timers: time.timers,
    tracer,
    maxParked,
  });
  const outcomes: unknown[] = [];
  const record = (name: string, promise: Promise<Result<unknown>>) =>
    void promise.then((result) => outcomes.push([name, result.ok ? result.value : result.error.code]));
  const add = (name: string, ...records: number[]) =>
    record(
      name,
      state.submit((sums) => answering(records, { seen: sums.length }), options),
    );
  return { log, time, state, outcomes, add, record };
}

function answering<T>(records: readonly number[], response: T): Decision<number, T> {
  return { records, respond: () => response };
}

describe('a leader', () => {
  it('answers only once the records are committed, and decides the next request on the uncommitted state', async () => {
    const { log, time, state, outcomes, add } = setUp();
    state.onLeader(5);
    add('a', 1, 2);
    add('b', 3);
    await time.settle();
    expect(outcomes).toEqual([]);
    expect([state.latest, state.committed]).toEqual([[1, 2, 3], []]);
    state.onCommitted(log.batches[0]!);
    await time.settle();
    expect(outcomes).toEqual([['a', { seen: 0 }]]);
    expect(state.committed).toEqual([1, 2]);
    state.onCommitted(log.batches[1]!);
    await time.settle();
    expect(outcomes[1]).toEqual(['b', { seen: 2 }]);
  });

  it('tells the answer where the records stand', async () => {
    const { log, time, state, outcomes, record } = setUp();
    state.onLeader(5);
    record(
      'a',
      state.submit(() => ({ records: [7, 8], respond: (appended) => appended }), options),
    );
    state.onCommitted(log.batches[0]!);
    await time.settle();
    expect(outcomes).toEqual([['a', { baseOffset: 0, lastOffset: 1 }]]);
  });

  it('answers a decision without records at once when nothing is uncommitted', async () => {
    const { time, state, outcomes, add } = setUp();
    state.onLeader(1);
    add('read');
    await time.settle();
    expect(outcomes).toEqual([['read', { seen: 0 }]]);
  });

  it('holds back a decision without records that was built on uncommitted ones', async () => {
    const { log, time, state, outcomes, add } = setUp();
    state.onLeader(1);
    add('write', 1);
    add('read');
    await time.settle();
    expect(outcomes).toEqual([]);
    state.onCommitted(log.batches[0]!);
    await time.settle();
    expect(outcomes).toEqual([
      ['write', { seen: 0 }],
      ['read', { seen: 1 }],
    ]);
  });

  it('gives up waiting at the deadline but keeps the record', async () => {
    const { log, time, state, outcomes, add } = setUp();
    state.onLeader(1);
    add('slow', 1);
    await time.advance(999);
    expect(outcomes).toEqual([]);
    await time.advance(1);
    expect(outcomes).toEqual([['slow', 'REQUEST_TIMED_OUT']]);
    expect(state.parked).toBe(0);
    state.onCommitted(log.batches[0]!);
    expect(state.committed).toEqual([1]);
  });

  it('refuses when too many wait, without appending', async () => {
    const { log, time, state, outcomes, add } = setUp({ maxParked: 2 });
    state.onLeader(1);
    add('a', 1);
    add('b', 2);
    add('c', 3);
    await time.settle();
    expect(outcomes).toEqual([['c', 'THROTTLING_QUOTA_EXCEEDED']]);
    expect(log.batches).toHaveLength(2);
  });

  it('counts uncommitted batches too, so that callers that gave up cannot pile up records', async () => {
    const { time, state, outcomes, add } = setUp({ maxParked: 1 });
    state.onLeader(1);
    add('a', 1);
    await time.advance(2000);
    add('b', 2);
    await time.settle();
    expect(outcomes).toEqual([
      ['a', 'REQUEST_TIMED_OUT'],
      ['b', 'THROTTLING_QUOTA_EXCEEDED'],
    ]);
  });

  it('passes on why the log refused, and changes nothing', async () => {
    const { log, time, state, outcomes, add } = setUp();
    state.onLeader(1);
    log.refusal = failure('MESSAGE_TOO_LARGE', 'batch too large');
    add('big', 1);
    await time.settle();
    expect(outcomes).toEqual([['big', 'MESSAGE_TOO_LARGE']]);
    expect(state.latest).toEqual([]);
  });
});

describe('a leader that goes on in a higher epoch', () => {
  it('keeps what waits, and appends in the new epoch', async () => {
    const { log, time, state, outcomes, add } = setUp();
    state.onLeader(1);
    add('before', 1);
    state.onNextEpoch(3);
    add('after', 2);
    await time.settle();
    expect([state.latest, outcomes]).toEqual([[1, 2], []]);
    expect(log.batches.map(({ epoch }) => epoch)).toEqual([1, 3]);
    for (const batch of log.batches) state.onCommitted(batch);
    await time.settle();
    expect(outcomes).toEqual([
      ['before', { seen: 0 }],
      ['after', { seen: 1 }],
    ]);
  });

  it('is a leader, and the epoch is higher', () => {
    const { state } = setUp();
    expect(() => state.onNextEpoch(1)).toThrow('only a leader');
    state.onLeader(2);
    expect(() => state.onNextEpoch(2)).toThrow('only a leader');
  });
});

describe('losing leadership', () => {
  it('rolls the state back and tells writers that their outcome is unknown, readers to ask elsewhere', async () => {
    const { log, time, state, outcomes, add } = setUp();
    state.onLeader(1);
    add('a', 1);
    state.onCommitted(log.batches[0]!);
    add('b', 2);
    add('read');
    state.onResigned();
    await time.settle();
    expect(outcomes).toEqual([
      ['a', { seen: 0 }],
      ['b', 'REQUEST_TIMED_OUT'],
      ['read', 'NOT_CONTROLLER'],
    ]);
    expect(state.latest).toEqual([1]);
  });

  it('takes in what the next leader kept of its records', () => {
    const { log, state, add } = setUp();
    state.onLeader(1);
    add('a', 1);
    state.onResigned();
    state.onCommitted(log.batches[0]!);
    expect(state.latest).toEqual([1]);
  });

  it('refuses requests until it leads again', async () => {
    const { log, time, state, outcomes, add } = setUp();
    add('never led', 1);
    state.onLeader(1);
    state.onResigned();
    add('resigned', 1);
    state.onLeader(3);
    add('leads again', 1);
    state.onCommitted(log.batches[0]!);
    await time.settle();
    expect(outcomes).toEqual([
      ['never led', 'NOT_CONTROLLER'],
      ['resigned', 'NOT_CONTROLLER'],
      ['leads again', { seen: 0 }],
    ]);
    expect(log.batches[0]!.epoch).toBe(3);
  });
});

describe('a follower', () => {
  it('has replayed everything committed by the time it leads', () => {
    const { log, state, add } = setUp();
    const other = new ManualLog();
    other.append(1, [Buffer.from([4]), Buffer.from([5])]);
    state.onCommitted(other.batches[0]!);
    state.onLeader(2);
    expect(state.latest).toEqual([4, 5]);
    add('next', 6);
    expect(log.batches).toHaveLength(1);
  });
});

describe('tracing', () => {
  it('makes spans for decide, append and commit, and hands the context to the log', async () => {
    const spans: string[] = [];
    const tracer: Tracer = {
      isOn: true,
      startSpan(name: string, { parent }: SpanOptions = {}): Span {
        const context = { traceparent: `${name} < ${parent?.traceparent}` };
        return { context, setAttribute() {}, end: (error) => void spans.push(`${name} ${error ?? 'ok'}`) };
      },
    };
    const { log, time, state, record } = setUp({ tracer });
    state.onLeader(1);
    record(
      'a',
      state.submit(() => answering([1], 'done'), { ...options, trace: { traceparent: 'caller' } }),
    );
    state.onCommitted(log.batches[0]!);
    await time.settle();
    expect(spans).toEqual(['test.decide ok', 'test.append ok', 'test.commit ok']);
    expect(log.traces).toEqual([{ traceparent: 'test.append < caller' }]);
  });
});
