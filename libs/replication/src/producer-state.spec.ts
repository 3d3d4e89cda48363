import { NO_OFFSET, offset, producerId, timestampMs, type ErrorName } from '@milena/model';
import { encodeBatch, readBatchHeader, type BatchHeader } from '@milena/record-batch';
import { addSequence, ProducerState } from './producer-state';

const TS = timestampMs(1767225600000);
const MAX = 0x7fffffff;

interface Produced {
  readonly sequence: number;
  readonly records?: number;
  readonly epoch?: number;
  readonly id?: number;
  readonly base?: number;
}

function header({ sequence, records = 1, epoch = 0, id = 1, base = 0 }: Produced): BatchHeader {
  return readBatchHeader(
    encodeBatch({
      baseOffset: offset(base),
      partitionLeaderEpoch: 0,
      records: Array.from({ length: records }, () => ({ value: null })),
      timestamp: TS,
      producerId: producerId(id),
      producerEpoch: epoch,
      baseSequence: sequence,
    }),
  );
}

/** Appends batches as a leader would; the verdict of each. */
function produce(state: ProducerState, ...batches: readonly Produced[]): (ErrorName | 'append' | 'duplicate')[] {
  return batches.map((produced) => {
    const batch = header(produced);
    const verdict = state.check(batch);
    if (!verdict.ok) return verdict.error.code;
    if (verdict.value.kind === 'append') state.update(batch);
    return verdict.value.kind;
  });
}

describe('producer state', () => {
  it('takes any first sequence of a producer it does not know, then only the next', () => {
    const state = new ProducerState();
    const batches = [{ sequence: 40, records: 3 }, { sequence: 43 }, { sequence: 45 }, { sequence: 42 }];
    expect(produce(state, ...batches)).toEqual([
      'append',
      'append',
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
    ]);
  });

  it('answers each of the last five batches with its original offsets, an older one with an error', () => {
    const state = new ProducerState();
    const sent = [0, 1, 2, 3, 4, 5].map((index) => ({ sequence: index * 2, records: 2, base: 100 + index * 10 }));
    produce(state, ...sent);
    for (const { sequence, base } of sent.slice(1)) {
      expect(state.check(header({ sequence, records: 2 }))).toEqual({
        ok: true,
        value: { kind: 'duplicate', firstOffset: base, lastOffset: base + 1, timestamp: TS },
      });
    }
    expect(produce(state, { sequence: 0, records: 2 })).toEqual(['OUT_OF_ORDER_SEQUENCE_NUMBER']);
  });

  it('takes a batch that only overlaps an earlier one for a gap, not for a duplicate', () => {
    const state = new ProducerState();
    produce(state, { sequence: 0, records: 4 });
    expect(produce(state, { sequence: 0, records: 2 }, { sequence: 2, records: 2 })).toEqual([
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
    ]);
  });

  it('goes on at 0 after the largest sequence, also inside a batch', () => {
    expect(addSequence(MAX, 1)).toBe(0);
    expect(addSequence(MAX - 1, 4)).toBe(2);
    const state = new ProducerState();
    const wrapped = { sequence: MAX - 1, records: 4, base: 7 };
    expect(produce(state, wrapped, wrapped, { sequence: 2 }, { sequence: 2 })).toEqual([
      'append',
      'duplicate',
      'append',
      'duplicate',
    ]);
    expect(produce(new ProducerState(), { sequence: MAX }, { sequence: 0 })).toEqual(['append', 'append']);
  });

  it('fences an old epoch and lets a new one begin at 0 only', () => {
    const state = new ProducerState();
    const batches = [
      { sequence: 0, epoch: 3 },
      { sequence: 1, epoch: 2 },
      { sequence: 1, epoch: 4 },
      { sequence: 0, epoch: 4 },
      { sequence: 0, epoch: 4 },
      { sequence: 1, epoch: 3 },
    ];
    expect(produce(state, ...batches)).toEqual([
      'append',
      'INVALID_PRODUCER_EPOCH',
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      'append',
      'duplicate',
      'INVALID_PRODUCER_EPOCH',
    ]);
  });

  it('has no opinion on batches without producer', () => {
    const state = new ProducerState();
    const plain = readBatchHeader(
      encodeBatch({ baseOffset: offset(0), partitionLeaderEpoch: 0, records: [{ value: null }], timestamp: TS }),
    );
    state.update(plain);
    expect([state.check(plain), state.size]).toEqual([{ ok: true, value: { kind: 'append' } }, 0]);
  });

  it('forgets producers that were silent for too long, but none with an open transaction', () => {
    const state = new ProducerState();
    produce(state, { sequence: 0, id: 1 }, { sequence: 0, id: 2 });
    const open = { ...state.entry(producerId(2))!, currentTxnFirstOffset: offset(0) };
    state.restore([state.entry(producerId(1))!, open]);
    expect(state.expire(timestampMs(TS + 999), 1000)).toBe(0);
    expect(state.expire(timestampMs(TS + 1000), 1000)).toBe(1);
    expect([...state.entries()].map((entry) => entry.producerId)).toEqual([2]);
  });

  it('keeps a bounded number of producers, the most recently active ones', () => {
    const state = new ProducerState(2);
    produce(state, { sequence: 0, id: 1 }, { sequence: 0, id: 2 }, { sequence: 1, id: 1 }, { sequence: 0, id: 3 });
    expect([...state.entries()].map((entry) => entry.producerId)).toEqual([1, 3]);
  });

  it('knows after a restart from a snapshot what the snapshot holds', () => {
    const state = new ProducerState();
    const batch = { lastSequence: 9, lastOffset: offset(50), offsetDelta: 4, timestamp: TS };
    const common = { epoch: 1, lastTimestamp: TS, coordinatorEpoch: -1, currentTxnFirstOffset: NO_OFFSET };
    state.restore([{ producerId: producerId(1), batches: [batch], ...common }]);
    expect(produce(state, { sequence: 5, records: 5, epoch: 1 }, { sequence: 10, epoch: 1 })).toEqual([
      'duplicate',
      'append',
    ]);
    state.restore([{ producerId: producerId(1), batches: [], ...common }]);
    expect(produce(state, { sequence: 1, epoch: 1 }, { sequence: 0, epoch: 1 })).toEqual([
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      'append',
    ]);
  });
});
