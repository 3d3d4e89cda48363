import { MalformedInput } from '@milena/bytes';
import { NO_OFFSET, producerId, timestampMs } from '@milena/model';
import type { ProducerEntry } from '@milena/replication';
import { createMemoryDisk } from '@milena/platform/testing';
import fc from 'fast-check';
import { parseCheckpoint } from './checkpoint-text';
import { formatLeaderEpochCheckpoint, parseLeaderEpochCheckpoint } from './leader-epoch-checkpoint';
import { formatOffsetCheckpoint, parseOffsetCheckpoint } from './offset-checkpoint';
import { parsePartitionMetadata } from './partition-metadata';
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot';
import { parseSegmentFileName, segmentFileName } from './segment-files';
import { at, batch, fileBytes, NOW, open, SMALL, TOPIC_ID, valueOf } from './testing/log-fixture';

describe('files', () => {
  it('names segments by 20 digits', () => {
    expect(segmentFileName(at(368769), 'timeindex')).toBe('00000000000000368769.timeindex');
    expect(parseSegmentFileName('00000000000000368769.log')).toEqual({ offset: 368769, kind: 'log' });
    for (const name of ['368769.log', '00000000000000368769.log.deleted', '99999999999999999999.log', 'x']) {
      expect(parseSegmentFileName(name)).toBeUndefined();
    }
  });

  it('writes checkpoints as Kafka does', () => {
    expect(formatLeaderEpochCheckpoint([{ epoch: 3, startOffset: at(17) }])).toBe('0\n1\n3 17\n');
    expect(formatOffsetCheckpoint([{ topicPartition: { topic: 't-1', partition: 2 }, offset: at(5) }])).toBe(
      '0\n1\nt-1 2 5\n',
    );
    expect(parseOffsetCheckpoint('0\n1\nt-1 2 5\n').get('t-1-2')).toBe(5);
    expect(parseLeaderEpochCheckpoint('0\n2\n3 17\n4 20')).toEqual([
      { epoch: 3, startOffset: 17 },
      { epoch: 4, startOffset: 20 },
    ]);
  });

  it.each(['', '1\n0\n', '0\n2\na 0 1\n', '0\n1\na 0\n', '0\n1\na 0 -1\n', '0\n1\na 0 99999999999999999\n'])(
    'refuses the checkpoint %j',
    (text) => {
      expect(() => parseOffsetCheckpoint(text)).toThrow(MalformedInput);
    },
  );

  it('reads back every checkpoint it writes', () => {
    const line = fc.record({
      topic: fc.stringMatching(/^[a-zA-Z0-9._-]{1,20}$/),
      partition: fc.nat(100_000),
      offset: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
        const entries = lines.map(({ topic, partition, offset }) => ({
          topicPartition: { topic, partition },
          offset: at(offset),
        }));
        expect(parseCheckpoint(formatOffsetCheckpoint(entries)).length).toBe(entries.length);
      }),
      { seed: 4 },
    );
  });

  it('takes only a whole partition.metadata', () => {
    expect(parsePartitionMetadata(`version: 0\ntopic_id: ${TOPIC_ID}`)).toBe(TOPIC_ID);
    expect(parsePartitionMetadata(`version: 0\ntopic_id: ${TOPIC_ID.slice(1)}`)).toBeUndefined();
    expect(parsePartitionMetadata(`version: 1\ntopic_id: ${TOPIC_ID}`)).toBeUndefined();
    expect(parsePartitionMetadata('version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA')).toBeUndefined();
  });

  const PRODUCER: ProducerEntry = {
    producerId: producerId(4001),
    epoch: 2,
    batches: [{ lastSequence: 9, lastOffset: at(1009), offsetDelta: 4, timestamp: timestampMs(1767225600000) }],
    lastTimestamp: timestampMs(1767225600000),
    coordinatorEpoch: -1,
    currentTxnFirstOffset: NO_OFFSET,
  };

  it('writes a producer snapshot byte for byte as an independent encoder does', () => {
    expect(encodeProducerSnapshot([PRODUCER]).toString('hex')).toBe(
      '00018166bb53' +
        '00000001' +
        '0000000000000fa1' +
        '0002' +
        '00000009' +
        '00000000000003f1' +
        '00000004' +
        '0000019b76daa800' +
        'ffffffff' +
        'ffffffffffffffff',
    );
    expect(decodeProducerSnapshot(encodeProducerSnapshot([PRODUCER]))).toEqual([PRODUCER]);
    expect(decodeProducerSnapshot(encodeProducerSnapshot([]))).toEqual([]);
  });

  it('refuses a producer snapshot with any byte changed or missing', () => {
    const bytes = encodeProducerSnapshot([PRODUCER]);
    for (let position = 0; position < bytes.length; position += 1) {
      const damaged = Buffer.from(bytes);
      damaged[position] = damaged[position]! ^ 0x10;
      expect(() => decodeProducerSnapshot(damaged)).toThrow(MalformedInput);
      expect(() => decodeProducerSnapshot(bytes.subarray(0, position))).toThrow(MalformedInput);
    }
  });

  it('writes index entries as Kafka does: last offset and position, largest timestamp and its offset', () => {
    const disk = createMemoryDisk();
    const log = open(disk, { config: { ...SMALL, segmentBytes: 1 << 20 } });
    const size = batch(3).length;
    for (const ms of [5, 9, 7, 20]) {
      valueOf(log.appendAsLeader(batch(3, { timestamp: timestampMs(NOW + ms) }), 0));
    }
    log.roll();
    // 85 bytes each: an entry is due once more than 100 bytes follow the last one, so for the third batch only.
    const index = fileBytes(disk, '00000000000000000000.index');
    expect(index.toString('hex')).toBe(`00000008${(2 * size).toString(16).padStart(8, '0')}`);
    const time = (ms: number) => (NOW + ms).toString(16).padStart(16, '0');
    expect(fileBytes(disk, '00000000000000000000.timeindex').toString('hex')).toBe(
      `${time(9)}00000005${time(20)}0000000b`,
    );
  });
});
