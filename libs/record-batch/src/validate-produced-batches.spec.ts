import { offset, producerId, timestampMs, ZERO_OFFSET, type ErrorName } from '@milena/model';
import { computeBatchCrc } from './batch-crc';
import { BATCH_FIELD } from './batch-header';
import { encodeBatch, type NewBatch } from './encode-batch';
import { validateProducedBatches, type ProduceLimits } from './validate-produced-batches';

const NOW = timestampMs(1767225600000);
const HOUR_MS = 3_600_000;
const LIMITS: ProduceLimits = {
  messageBytesMax: 1000,
  timestampType: 'CreateTime',
  now: NOW,
  timestampBeforeMaxMs: 24 * HOUR_MS,
  timestampAfterMaxMs: HOUR_MS,
};

function batch(overrides: Partial<NewBatch> = {}): Buffer {
  const records = [{ value: Buffer.from('a') }, { value: Buffer.from('b') }];
  return encodeBatch({ baseOffset: ZERO_OFFSET, partitionLeaderEpoch: -1, records, timestamp: NOW, ...overrides });
}

/** A batch with some bytes changed and its CRC made right again. */
function resealed(change: (bytes: Buffer) => void): Buffer {
  const bytes = batch();
  change(bytes);
  bytes.writeUInt32BE(computeBatchCrc(bytes), BATCH_FIELD.crc);
  return bytes;
}

const IDEMPOTENT = { producerId: producerId(9), producerEpoch: 0, baseSequence: 0 };

describe('validateProducedBatches', () => {
  it.each([
    ['a plain batch', batch()],
    ['an idempotent batch', batch(IDEMPOTENT)],
    ['a transactional batch', batch({ ...IDEMPOTENT, isTransactional: true })],
    ['a compressed batch, unseen', resealed((bytes) => bytes.writeInt16BE(3, BATCH_FIELD.attributes))],
  ])('accepts %s', (_name, bytes) => {
    expect(validateProducedBatches(bytes, LIMITS)).toMatchObject({ ok: true, value: { recordCount: 2 } });
  });

  const cases: readonly (readonly [string, Buffer, ErrorName])[] = [
    ['nothing', Buffer.alloc(0), 'INVALID_RECORD'],
    ['half a header', batch().subarray(0, 40), 'CORRUPT_MESSAGE'],
    ['a cut batch', batch().subarray(0, -1), 'CORRUPT_MESSAGE'],
    ['two batches', Buffer.concat([batch(), batch()]), 'INVALID_RECORD'],
    ['a negative length', resealed((bytes) => bytes.writeInt32BE(-5, BATCH_FIELD.batchLength)), 'CORRUPT_MESSAGE'],
    ['an old magic', resealed((bytes) => bytes.writeInt8(1, BATCH_FIELD.magic)), 'INVALID_RECORD'],
    ['a bad CRC', batch().fill(0, 20, 21), 'CORRUPT_MESSAGE'],
    ['too many bytes', batch({ records: [{ value: Buffer.alloc(1000) }] }), 'MESSAGE_TOO_LARGE'],
    ['a base offset other than 0', batch({ baseOffset: offset(5) }), 'INVALID_RECORD'],
    ['a control batch', batch({ isControl: true }), 'INVALID_RECORD'],
    ['a count that lies', resealed((bytes) => bytes.writeInt32BE(3, BATCH_FIELD.recordCount)), 'INVALID_RECORD'],
    [
      'a last offset that lies',
      resealed((bytes) => bytes.writeInt32BE(7, BATCH_FIELD.lastOffsetDelta)),
      'INVALID_RECORD',
    ],
    ['an unknown compression', resealed((bytes) => bytes.writeInt16BE(5, BATCH_FIELD.attributes)), 'INVALID_RECORD'],
    ['reserved attributes', resealed((bytes) => bytes.writeInt16BE(0x80, BATCH_FIELD.attributes)), 'INVALID_RECORD'],
    ['a transaction without producer', batch({ isTransactional: true }), 'INVALID_RECORD'],
    ['a producer without sequence', batch({ ...IDEMPOTENT, baseSequence: -1 }), 'INVALID_RECORD'],
    ['a producer without epoch', batch({ ...IDEMPOTENT, producerEpoch: -1 }), 'INVALID_RECORD'],
    ['a record from the future', batch({ timestamp: timestampMs(NOW + HOUR_MS + 1) }), 'INVALID_TIMESTAMP'],
    ['a record too old', batch({ timestamp: timestampMs(NOW - 24 * HOUR_MS - 1) }), 'INVALID_TIMESTAMP'],
    ['a timestamp beyond 2^53', resealed((bytes) => bytes.fill(0x7f, 35, 43)), 'INVALID_TIMESTAMP'],
    [
      'append time set by a client',
      resealed((bytes) => bytes.writeInt16BE(8, BATCH_FIELD.attributes)),
      'INVALID_TIMESTAMP',
    ],
  ];

  it.each(cases)('refuses %s', (_name, bytes, code) => {
    expect(validateProducedBatches(bytes, LIMITS)).toMatchObject({ ok: false, error: { code } });
  });

  it('takes any timestamp when the leader stamps its own', () => {
    const future = batch({ timestamp: timestampMs(NOW + 10 * HOUR_MS) });
    expect(validateProducedBatches(future, { ...LIMITS, timestampType: 'LogAppendTime' }).ok).toBe(true);
  });
});
