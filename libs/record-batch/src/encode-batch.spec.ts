import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MalformedInput } from '@milena/bytes';
import { offset, producerId, timestampMs, ZERO_OFFSET, type TimestampMs } from '@milena/model';
import fc from 'fast-check';
import { verifyCrc } from './batch-crc';
import { BATCH_FIELD, readBatchHeader } from './batch-header';
import { batchesOf } from './batches-of';
import { decodeControlRecord, encodeControlBatch, type ControlRecord } from './control-records/control-record';
import { CompressedBatch, decodeRecords } from './decode-records';
import { encodeBatch, type NewRecord } from './encode-batch';
import { stampBatch, stampLogAppendTime } from './stamp-batch';

function golden(name: string): Buffer {
  const text = readFileSync(join(__dirname, '../testdata/batches.txt'), 'utf8');
  const hex = new RegExp(`^${name}: ([0-9a-f]+)$`, 'm').exec(text)?.[1];
  return Buffer.from(hex!, 'hex');
}

const TS = timestampMs(1767225600000);

const PLAIN: readonly NewRecord[] = [
  { key: Buffer.from('k'), value: Buffer.from('value') },
  {
    value: Buffer.from([255, 255, 255]),
    timestamp: timestampMs(TS + 300),
    headers: [
      { key: 'traceparent', value: Buffer.from('00') },
      { key: 'n', value: null },
    ],
  },
  { key: Buffer.alloc(0), value: null, timestamp: timestampMs(TS - 5) },
];

function plainBatch(): Buffer {
  return encodeBatch({
    baseOffset: offset(1234),
    partitionLeaderEpoch: 7,
    records: PLAIN,
    timestamp: TS,
    producerId: producerId(4000000001),
    producerEpoch: 3,
    baseSequence: 2147483646,
  });
}

describe('batch codec', () => {
  it('writes a batch byte for byte as the independent encoder does', () => {
    expect(plainBatch().toString('hex')).toBe(golden('plain').toString('hex'));
  });

  it('reads header and records of a golden batch', () => {
    const batch = golden('plain');
    expect(verifyCrc(batch)).toBe(true);
    expect(readBatchHeader(batch)).toMatchObject({
      baseOffset: 1234,
      sizeInBytes: batch.length,
      partitionLeaderEpoch: 7,
      compression: 'none',
      timestampType: 'CreateTime',
      isControl: false,
      isTransactional: false,
      lastOffset: 1236,
      nextOffset: 1237,
      maxTimestamp: TS + 300,
      producerId: 4000000001,
      producerEpoch: 3,
      baseSequence: 2147483646,
      recordCount: 3,
    });
    const records = decodeRecords(batch);
    expect(records.map((record) => [record.offset, record.timestamp - TS])).toEqual([
      [1234, 0],
      [1235, 300],
      [1236, -5],
    ]);
    expect(records[1]?.headers.map(({ key, value }) => [key, value?.toString() ?? null])).toEqual([
      ['traceparent', '00'],
      ['n', null],
    ]);
    expect(records[2]).toMatchObject({ key: Buffer.alloc(0), value: null });
  });

  it('stamps offset and epoch without touching the CRC, and log append time with a new one', () => {
    const batch = plainBatch();
    stampBatch(batch, { baseOffset: offset(2 ** 40 + 5), partitionLeaderEpoch: 99 });
    expect(verifyCrc(batch)).toBe(true);
    expect(readBatchHeader(batch)).toMatchObject({ baseOffset: 2 ** 40 + 5, partitionLeaderEpoch: 99 });
    stampLogAppendTime(batch, timestampMs(42));
    expect(verifyCrc(batch)).toBe(true);
    expect(decodeRecords(batch).map((record) => record.timestamp)).toEqual([42, 42, 42]);
  });

  it('notices any flipped bit after the CRC field', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const batch = plainBatch();
        const position = BATCH_FIELD.crc + (at % (batch.length - BATCH_FIELD.crc));
        batch[position] = batch[position]! ^ (1 << bit);
        return !verifyCrc(batch);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('decodes what it encoded, for any records', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const record = fc.record({
      key: fc.option(bytes),
      value: fc.option(bytes),
      timestamp: fc.integer({ min: 0, max: 2 ** 43 }).map((ms) => ms as TimestampMs),
      headers: fc.array(fc.record({ key: fc.string({ unit: 'binary' }), value: fc.option(bytes) }), { maxLength: 3 }),
    });
    const plain = (blob: Uint8Array | null): string | null =>
      blob === null ? null : Buffer.from(blob).toString('hex');
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        const batch = encodeBatch({ baseOffset: offset(77), partitionLeaderEpoch: 1, records, timestamp: TS });
        const decoded = decodeRecords(batch);
        expect(decoded.map((each) => [each.offset, each.timestamp, plain(each.key), plain(each.value)])).toEqual(
          records.map((each, index) => [77 + index, each.timestamp, plain(each.key), plain(each.value)]),
        );
        expect(decoded.map((each) => each.headers.map(({ key, value }) => [key, plain(value)]))).toEqual(
          records.map((each) => each.headers.map(({ key, value }) => [key, plain(value)])),
        );
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('answers damaged bytes with MalformedInput, never with another error or a hang', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }), (damage) => {
        const batch = plainBatch();
        for (const [at, value] of damage) batch[at % batch.length] = value;
        try {
          for (const { bytes } of batchesOf(batch)) decodeRecords(bytes);
        } catch (error) {
          return error instanceof MalformedInput || error instanceof CompressedBatch;
        }
        return true;
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('splits a buffer into its batches and refuses a cut one', () => {
    const both = Buffer.concat([plainBatch(), plainBatch()]);
    expect([...batchesOf(both)].map(({ bytes }) => bytes.length)).toEqual([both.length / 2, both.length / 2]);
    expect(() => [...batchesOf(both.subarray(0, both.length - 1))]).toThrow(MalformedInput);
  });

  it('does not decode compressed records', () => {
    const batch = plainBatch();
    batch.writeInt16BE(4, BATCH_FIELD.attributes);
    expect(() => decodeRecords(batch)).toThrow(CompressedBatch);
  });
});

describe('control records', () => {
  const common = { baseOffset: ZERO_OFFSET, partitionLeaderEpoch: 1, timestamp: TS };
  const endpoint = (port: number) => [{ name: 'CONTROLLER', host: 'localhost', port }];
  const voters: ControlRecord = {
    type: 'voters',
    voters: [
      {
        voterId: 101,
        directoryId: 'AAECAwQFBgcICQoLDA0ODw',
        endpoints: endpoint(9093),
        kraftVersionMin: 0,
        kraftVersionMax: 1,
      },
      {
        voterId: 102,
        directoryId: 'EBESExQVFhcYGRobHB0eHw',
        endpoints: endpoint(65535),
        kraftVersionMin: 0,
        kraftVersionMax: 1,
      },
    ],
  };
  const opening: readonly ControlRecord[] = [
    { type: 'snapshot-header', lastContainedLogTimestamp: TS },
    { type: 'kraft-version', kraftVersion: 1 },
    voters,
  ];
  const leaderChange: ControlRecord = {
    type: 'leader-change',
    leaderId: 101,
    voterIds: [101, 102, 103],
    grantingVoterIds: [101, 103],
  };

  it.each([
    ['snapshot-header-kraft-version-voters', encodeControlBatch({ ...common, records: opening }), opening],
    [
      'leader-change',
      encodeControlBatch({ ...common, baseOffset: offset(5), partitionLeaderEpoch: 2, records: [leaderChange] }),
      [leaderChange],
    ],
    [
      'snapshot-footer',
      encodeControlBatch({
        ...common,
        baseOffset: offset(9),
        partitionLeaderEpoch: 2,
        records: [{ type: 'snapshot-footer' }],
      }),
      [{ type: 'snapshot-footer' }],
    ],
  ])('writes and reads %s as Kafka does', (name, encoded, records) => {
    expect(encoded.toString('hex')).toBe(golden(name).toString('hex'));
    expect(readBatchHeader(encoded).isControl).toBe(true);
    expect(decodeRecords(encoded).map(decodeControlRecord)).toEqual(records);
  });

  it('reads a leader change of version 1 and skips its directory ids and unknown tags', () => {
    const key = Buffer.from([0, 0, 0, 2]);
    expect(decodeControlRecord({ key, value: golden('leader-change-value-v1') })).toEqual({
      type: 'leader-change',
      leaderId: 7,
      voterIds: [7],
      grantingVoterIds: [],
    });
  });

  it('keeps records of unknown types apart, so that readers can skip them', () => {
    expect(decodeControlRecord({ key: Buffer.from([0, 0, 0, 1]), value: Buffer.alloc(6) })).toEqual({
      type: 'unknown',
      typeId: 1,
    });
  });

  it('refuses a voters record that promises more voters than it has bytes', () => {
    const key = Buffer.from([0, 0, 0, 6]);
    const value = Buffer.from([0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(() => decodeControlRecord({ key, value })).toThrow(MalformedInput);
  });
});
