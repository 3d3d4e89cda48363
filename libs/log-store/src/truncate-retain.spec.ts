import { NO_TIMESTAMP, timestampMs, ZERO_OFFSET } from '@milena/model';
import { createMemoryDisk } from '@milena/platform/testing';
import { readBatchHeader } from '@milena/record-batch';
import type { LogAppend } from './partition-log';
import { at, batch, contents, fill, FOLDER, idempotent, NOW, open, SMALL, valueOf } from './testing/log-fixture';

describe('truncating', () => {
  it('removes everything from an offset on, in whole batches, across segments', () => {
    const log = open();
    fill(log, 40, { records: 3 });
    const before = contents(log);
    expect(log.truncateTo(at(60))).toBe(true);
    expect(log.logEndOffset).toBe(60);
    expect(contents(log)).toEqual(before.slice(0, 20));
    expect(log.truncateTo(at(31))).toBe(true);
    expect(log.logEndOffset).toBe(30);
    fill(log, 20, { records: 3, epoch: 1 });
    expect(contents(log).slice(0, 11)).toEqual([...before.slice(0, 10), '30..32@1']);
    expect(open(createMemoryDisk()).logEndOffset).toBe(0);
  });

  it('forgets where it read last', () => {
    const log = open();
    const read = (from: number) => {
      const { records } = valueOf(log.read({ from: at(from), upTo: log.logEndOffset, maxBytes: 1, minOneBatch: true }));
      return records.length === 0 ? undefined : readBatchHeader(records).baseOffset;
    };
    fill(log, 4, { records: 2 });
    expect([read(2), read(4), read(7)]).toEqual([2, 4, 6]);
    log.truncateTo(at(2));
    fill(log, 1, { records: 5, epoch: 1 });
    fill(log, 1, { records: 1, epoch: 1 });
    expect([read(6), read(7), read(3), read(1)]).toEqual([2, 7, 2, 0]);
  });

  it('forgets the epochs that are cut off, also those assigned beyond the data', () => {
    const log = open();
    for (const epoch of [1, 2, 5]) fill(log, 2, { epoch });
    log.truncateTo(at(8));
    expect(log.latestEpoch).toBe(2);
    expect(log.endOffsetForEpoch(5)).toEqual({ epoch: -1, endOffset: -1 });
    log.assignEpochStartOffset(7, at(8));
    expect(log.truncateTo(at(8))).toBe(false);
    expect(log.latestEpoch).toBe(2);
  });

  it('takes back what producers wrote beyond the cut', () => {
    const log = open();
    for (let sequence = 0; sequence < 12; sequence += 1) valueOf(log.appendAsLeader(idempotent(1, sequence), 0));
    log.truncateTo(at(9));
    expect(log.appendAsLeader(idempotent(1, 10), 0)).toMatchObject({ error: { code: 'OUT_OF_ORDER_SEQUENCE_NUMBER' } });
    expect(valueOf(log.appendAsLeader(idempotent(1, 8), 0))).toMatchObject({ isDuplicate: true, firstOffset: 8 });
    expect(valueOf(log.appendAsLeader(idempotent(1, 9), 0))).toMatchObject({ isDuplicate: false, firstOffset: 9 });
  });

  it('survives a restart with the same contents, times and end', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    for (let index = 0; index < 30; index += 1) {
      valueOf(log.appendAsLeader(batch(1, { timestamp: timestampMs(NOW + index) }), 0));
    }
    log.truncateTo(at(17));
    expect(valueOf(log.offsetOfMaxTimestamp())?.offset).toBe(16);
    const before = contents(log);
    disk.crash('keep');
    const reopened = open(disk);
    expect(contents(reopened)).toEqual(before);
    expect(valueOf(reopened.offsetOfMaxTimestamp())?.offset).toBe(16);
  });

  it('starts anew at an offset, below or above the old log', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 20, { epoch: 3 });
    for (const start of [500, 10]) {
      log.truncateFullyAndStartAt(at(start));
      expect([log.logStartOffset, log.logEndOffset, log.segmentCount, log.latestEpoch]).toEqual([start, start, 1, -1]);
      fill(log, 1, { epoch: 4 });
      expect(contents(log)).toEqual([`${start}..${start + 1}@4`]);
    }
    expect(disk.list(FOLDER).filter((name) => name.endsWith('.log'))).toEqual(['00000000000000000010.log']);
  });

  it('tells when the recovery point moved back, so that the checkpoint can follow', async () => {
    let lowered = 0;
    const log = open(createMemoryDisk(), { onRecoveryPointLowered: () => (lowered += 1) });
    fill(log, 5);
    await log.flush();
    expect(log.recoveryPoint).toBe(10);
    log.truncateTo(at(4));
    expect([log.recoveryPoint, lowered]).toEqual([4, 1]);
  });

  it('does not count a truncated end as durable when a flush was under way', async () => {
    const log = open();
    fill(log, 5);
    const flushing = log.flush();
    log.truncateTo(at(4));
    fill(log, 2, { epoch: 1 });
    expect(await flushing).toBe(4);
    expect(await log.flush()).toBe(8);
  });
});

describe('deleting the oldest', () => {
  it('moves the log start to any offset and drops segments that lie wholly below', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    for (const epoch of [0, 1, 2]) fill(log, 20, { epoch });
    const segments = log.segmentCount;
    expect(log.deleteRecordsBefore(at(75))).toEqual({ ok: true, value: 75 });
    expect(log.segmentCount).toBeLessThan(segments);
    expect(contents(log)[0]).toBe('74..75@1');
    expect(log.endOffsetForEpoch(0)).toEqual({ epoch: 0, endOffset: 75 });
    expect(log.endOffsetForEpoch(1)).toEqual({ epoch: 1, endOffset: 80 });
    expect(log.deleteRecordsBefore(at(10))).toEqual({ ok: true, value: 75 });
    expect(log.deleteRecordsBefore(at(121))).toMatchObject({ error: { code: 'OFFSET_OUT_OF_RANGE' } });
    disk.crash('keep');
    expect(open(disk, { logStartOffset: at(75) }).logStartOffset).toBe(75);
  });

  it('starts empty at the log start when nothing above it survived', () => {
    const disk = createMemoryDisk();
    fill(open(disk), 2);
    const log = open(disk, { logStartOffset: at(90) });
    expect([log.logStartOffset, log.logEndOffset]).toEqual([90, 90]);
    fill(log, 1);
    expect(contents(log)).toEqual(['90..91@0']);
  });

  it('deletes segments whose newest record is too old, but none above the high watermark', () => {
    const log = open(createMemoryDisk(), { config: { ...SMALL, retentionMs: 1000 } });
    for (let index = 0; index < 60; index += 1) {
      valueOf(log.appendAsLeader(batch(1, { timestamp: timestampMs(NOW + index * 100) }), 0));
    }
    const now = timestampMs(NOW + 4000);
    expect(log.deleteOldSegments(now, ZERO_OFFSET)).toBe(0);
    const deleted = log.deleteOldSegments(now, at(60));
    expect(deleted).toBeGreaterThan(1);
    expect(log.logStartOffset).toBeLessThanOrEqual(31);
    expect(valueOf(log.offsetForTimestamp(timestampMs(NOW + 3000)))?.offset).toBe(30);
  });

  it('rolls and deletes even the active segment when all of it is too old', () => {
    const log = open(createMemoryDisk(), { config: { ...SMALL, retentionMs: 1000 } });
    fill(log, 3);
    expect(log.deleteOldSegments(timestampMs(NOW + 1001), at(6))).toBe(1);
    expect([log.logStartOffset, log.logEndOffset, log.sizeInBytes]).toEqual([6, 6, 0]);
    fill(log, 1);
    expect(contents(log)).toEqual(['6..7@0']);
  });

  it('takes records without a time to be as old as their segment is closed, and keeps the active segment', () => {
    const time = { nowMs: NOW as number };
    const clock = { wallMs: () => timestampMs(time.nowMs), monotonicMs: () => 0 };
    const log = open(createMemoryDisk(), { clock, config: { ...SMALL, retentionMs: 1000 } });
    const timeless = (): LogAppend => valueOf(log.appendAsLeader(batch(1, { timestamp: NO_TIMESTAMP }), 0));
    while (log.segmentCount < 3) timeless();
    time.nowMs += 5000;
    while (log.segmentCount < 4) timeless();
    const end = log.logEndOffset;
    expect(log.deleteOldSegments(timestampMs(time.nowMs + 1000), end)).toBe(2);
    expect(log.deleteOldSegments(timestampMs(time.nowMs + 1001), end)).toBe(1);
    expect(log.deleteOldSegments(timestampMs(time.nowMs + 1_000_000), end)).toBe(0);
    expect(log.segmentCount).toBe(1);
  });

  it('deletes even the active segment by size when nothing is to be retained', () => {
    const log = open(createMemoryDisk(), { config: { ...SMALL, retentionBytes: 0 } });
    fill(log, 3);
    expect(log.deleteOldSegments(NOW, at(6))).toBe(1);
    expect([log.logStartOffset, log.logEndOffset, log.sizeInBytes]).toEqual([6, 6, 0]);
  });

  it('keeps the log start over a restart', () => {
    const disk = createMemoryDisk();
    const log = open(disk, { config: { ...SMALL, retentionBytes: 2500 } });
    fill(log, 100);
    log.deleteOldSegments(NOW, at(200));
    const { logStartOffset } = log;
    expect(logStartOffset).toBeGreaterThan(0);
    disk.crash('keep');
    expect(open(disk).logStartOffset).toBe(logStartOffset);
  });

  it('keeps at least the retained bytes', () => {
    const log = open(createMemoryDisk(), { config: { ...SMALL, retentionBytes: 2500 } });
    fill(log, 100);
    expect(log.deleteOldSegments(NOW, at(200))).toBeGreaterThan(3);
    expect(log.sizeInBytes).toBeGreaterThanOrEqual(2500);
    expect(log.sizeInBytes).toBeLessThan(2500 + 1000);
  });
});
