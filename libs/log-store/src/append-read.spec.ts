import { timestampMs, ZERO_OFFSET } from '@milena/model';
import { createMemoryDisk } from '@milena/platform/testing';
import { readBatchHeader, verifyCrc } from '@milena/record-batch';
import { at, batch, contents, fileBytes, fill, idempotent, NOW, open, SMALL, valueOf } from './testing/log-fixture';

describe('appending', () => {
  it('gives a leader batch its offset and epoch in place and answers with its offsets', () => {
    const log = open();
    fill(log, 1, { records: 3 });
    const bytes = batch(2);
    expect(log.appendAsLeader(bytes, 4)).toEqual({
      ok: true,
      value: { firstOffset: 3, lastOffset: 4, appendTimestamp: -1, logStartOffset: 0, isDuplicate: false },
    });
    expect(readBatchHeader(bytes)).toMatchObject({ baseOffset: 3, partitionLeaderEpoch: 4 });
    expect(log.logEndOffset).toBe(5);
    expect(log.latestEpoch).toBe(4);
  });

  it('appends several batches with one write', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    valueOf(log.appendAsLeader(Buffer.concat([batch(2), batch(1)]), 0));
    expect(contents(log)).toEqual(['0..1@0', '2..2@0']);
  });

  it('stamps its own time on a topic with LogAppendTime', () => {
    const log = open(createMemoryDisk(), { config: { ...SMALL, timestampType: 'LogAppendTime' } });
    const bytes = batch(2, { timestamp: timestampMs(5) });
    expect(valueOf(log.appendAsLeader(bytes, 0)).appendTimestamp).toBe(NOW);
    expect(verifyCrc(bytes)).toBe(true);
    expect(readBatchHeader(bytes).maxTimestamp).toBe(NOW);
  });

  it('keeps the bytes of another replica as they are, gaps of compaction included', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    const first = batch(2, { baseOffset: at(0), partitionLeaderEpoch: 3 });
    const second = batch(1, { baseOffset: at(7), partitionLeaderEpoch: 5 });
    valueOf(log.appendAsFollower(Buffer.concat([first, second])));
    expect(fileBytes(disk, '00000000000000000000.log').equals(Buffer.concat([first, second]))).toBe(true);
    expect(contents(log)).toEqual(['0..1@3', '7..7@5']);
    expect(log.endOffsetForEpoch(3)).toEqual({ epoch: 3, endOffset: 7 });
  });

  it('refuses a follower batch that is damaged or lies below the log end, and writes nothing', () => {
    const log = open();
    fill(log, 2);
    const damaged = batch(1, { baseOffset: at(4) });
    damaged[66] = 0xee;
    expect(log.appendAsFollower(damaged)).toMatchObject({ error: { code: 'CORRUPT_MESSAGE' } });
    expect(log.appendAsFollower(batch(9, { baseOffset: at(2) }))).toMatchObject({
      error: { code: 'OFFSET_OUT_OF_RANGE' },
    });
    expect(log.logEndOffset).toBe(4);
  });

  it('lets an empty replica begin below its log start when the first batch holds it', () => {
    const log = open();
    log.truncateFullyAndStartAt(at(105));
    valueOf(log.appendAsFollower(batch(10, { baseOffset: at(100) })));
    expect([log.logStartOffset, log.logEndOffset]).toEqual([105, 110]);
    expect(contents(log)).toEqual(['100..109@0']);
  });

  it('refuses a batch larger than a segment', () => {
    const log = open();
    const large = batch(1, { records: [{ value: Buffer.alloc(1000) }] });
    expect(log.appendAsLeader(large, 0)).toMatchObject({ error: { code: 'RECORD_LIST_TOO_LARGE' } });
  });

  it('answers a retried batch with the offsets of its first copy, across segments', () => {
    const log = open();
    for (let index = 0; index < 5; index += 1) valueOf(log.appendAsLeader(idempotent(3, index * 3), 0));
    fill(log, 20);
    expect(valueOf(log.appendAsLeader(idempotent(3, 0), 0))).toMatchObject({
      firstOffset: 0,
      lastOffset: 2,
      isDuplicate: true,
    });
    expect(log.appendAsLeader(idempotent(1, 99), 0)).toMatchObject({ error: { code: 'OUT_OF_ORDER_SEQUENCE_NUMBER' } });
    expect(log.logEndOffset).toBe(55);
  });
});

describe('rolling', () => {
  it('begins a new segment before one grows too large, trims the indexes and snapshots the producers', async () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 14, { records: 2 });
    const size = batch(2).length;
    const perSegment = Math.floor(1000 / size);
    const second = `${String(perSegment * 2).padStart(20, '0')}`;
    await log.flush();
    expect(fileBytes(disk, '00000000000000000000.log').length).toBe(perSegment * size);
    expect(fileBytes(disk, '00000000000000000000.index').length % 8).toBe(0);
    expect(fileBytes(disk, '00000000000000000000.index').length).toBeLessThan(240);
    expect(fileBytes(disk, `${second}.index`).length).toBe(240);
    expect(fileBytes(disk, `${second}.timeindex`).length).toBe(240);
    expect(disk.list('/data/orders-0')).toContain(`${second}.snapshot`);
  });

  it('rolls by the time between record timestamps, not by the wall clock', () => {
    const log = open(createMemoryDisk(), { config: { ...SMALL, segmentMs: 1000 } });
    const append = (ms: number) => valueOf(log.appendAsLeader(batch(1, { timestamp: timestampMs(NOW + ms) }), 0));
    append(0);
    append(1000);
    expect(log.segmentCount).toBe(1);
    append(1001);
    expect(log.segmentCount).toBe(2);
  });

  it('rolls when an index is full', () => {
    const log = open(createMemoryDisk(), { config: { ...SMALL, segmentBytes: 1 << 20, segmentIndexBytes: 24 } });
    fill(log, 20);
    expect(log.segmentCount).toBeGreaterThan(2);
  });

  it('rolls when an offset is too far from the base for an int32', () => {
    const log = open();
    fill(log, 1);
    valueOf(log.appendAsFollower(batch(1, { baseOffset: at(2 ** 31 + 10) })));
    expect(log.segmentCount).toBe(2);
    expect(contents(log)).toEqual(['0..1@0', `${2 ** 31 + 10}..${2 ** 31 + 10}@0`]);
  });
});

describe('reading', () => {
  const read = (log: ReturnType<typeof open>, from: number, upTo: number, maxBytes = 1 << 20, minOneBatch = true) =>
    log.read({ from: at(from), upTo: at(upTo), maxBytes, minOneBatch });

  it('begins with the batch that holds the offset and never passes the upper bound', () => {
    const log = open();
    fill(log, 5, { records: 2 });
    const inner = valueOf(read(log, 3, 8));
    expect(readBatchHeader(inner.records).baseOffset).toBe(2);
    expect(inner.nextOffset).toBe(8);
    expect(inner.records.length).toBe(3 * batch(2).length);
    expect(valueOf(read(log, 6, 7))).toEqual({ records: Buffer.alloc(0), nextOffset: 6 });
    expect(valueOf(read(log, 10, 10)).records.length).toBe(0);
  });

  it('returns whole batches within the limit, and one over it only when asked to', () => {
    const log = open();
    fill(log, 5);
    const size = batch(2).length;
    expect(valueOf(read(log, 0, 10, 2 * size + 10, false)).records.length).toBe(2 * size);
    expect(valueOf(read(log, 0, 10, 10, false)).records.length).toBe(0);
    expect(valueOf(read(log, 0, 10, 10, true)).records.length).toBe(size);
  });

  it('reads every batch of a log of many segments, from any offset', () => {
    const log = open();
    fill(log, 60, { records: 3 });
    for (let from = 0; from < 180; from += 7) {
      const first = Math.floor(from / 3) * 3;
      expect(contents(log, at(from))[0]).toBe(`${first}..${first + 2}@0`);
    }
    expect(contents(log).length).toBe(60);
  });

  it('refuses offsets outside the log', () => {
    const log = open();
    fill(log, 2);
    valueOf(log.deleteRecordsBefore(at(2)));
    expect(read(log, 1, 4)).toMatchObject({ error: { code: 'OFFSET_OUT_OF_RANGE' } });
    expect(read(log, 5, 5)).toMatchObject({ error: { code: 'OFFSET_OUT_OF_RANGE' } });
  });

  it('reads into the buffer it is handed', () => {
    const log = open();
    fill(log, 2);
    const pooled = Buffer.alloc(4096);
    const { records } = valueOf(
      log.read({ from: ZERO_OFFSET, upTo: at(4), maxBytes: 4096, minOneBatch: true, allocate: () => pooled }),
    );
    expect(records.buffer).toBe(pooled.buffer);
    expect(records.length).toBe(2 * batch(2).length);
  });

  it('answers a flipped bit in a cold header with an error instead of wrong bytes', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 30);
    disk.flipBits('/data/orders-0/00000000000000000000.log', 16, 0x40);
    const message = expect.stringMatching(/^\/data\/orders-0\/0{20}\.log is damaged: /);
    expect(read(log, 0, 60)).toMatchObject({ error: { code: 'CORRUPT_MESSAGE', message } });
  });
});

describe('finding by time', () => {
  it('finds the first record that is not older, in any segment', () => {
    const log = open();
    for (let index = 0; index < 40; index += 1) {
      valueOf(log.appendAsLeader(batch(1, { timestamp: timestampMs(NOW + index * 10) }), index < 20 ? 1 : 2));
    }
    for (const ms of [0, 5, 10, 11, 195, 200, 389, 390]) {
      const expected = Math.ceil(ms / 10);
      expect(valueOf(log.offsetForTimestamp(timestampMs(NOW + ms)))).toEqual({
        offset: expected,
        timestamp: NOW + expected * 10,
        leaderEpoch: expected < 20 ? 1 : 2,
      });
    }
    expect(valueOf(log.offsetForTimestamp(timestampMs(NOW + 391)))).toBeUndefined();
    expect(valueOf(log.offsetOfMaxTimestamp())).toEqual({ offset: 39, timestamp: NOW + 390, leaderEpoch: 2 });
  });

  it('looks inside a batch, and at no record below the log start', () => {
    const log = open();
    const records = [0, 30, 20, 30].map((ms) => ({ value: null, timestamp: timestampMs(NOW + ms) }));
    valueOf(log.appendAsLeader(batch(4, { records }), 0));
    expect(valueOf(log.offsetForTimestamp(timestampMs(NOW + 15)))?.offset).toBe(1);
    expect(valueOf(log.offsetOfMaxTimestamp())?.offset).toBe(1);
    valueOf(log.deleteRecordsBefore(at(2)));
    expect(valueOf(log.offsetForTimestamp(NOW))?.offset).toBe(2);
  });
});
