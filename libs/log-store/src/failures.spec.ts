import { timestampMs } from '@milena/model';
import { DiskError } from '@milena/platform';
import { createMemoryDisk, createVirtualTime, type MemoryDisk } from '@milena/platform/testing';
import { batchesOf } from '@milena/record-batch';
import type { PartitionLog } from './partition-log';
import { at, batch, contents, fill, FOLDER, NOW, open, valueOf } from './testing/log-fixture';

/** Offset behind the last batch that a power cut would leave. */
function durableEnd(disk: MemoryDisk): number {
  const logs = disk.listDurable(FOLDER).filter((name) => name.endsWith('.log'));
  const ends = logs.flatMap((name) =>
    [...batchesOf(disk.readDurable(`${FOLDER}/${name}`) ?? Buffer.alloc(0))].map(({ header }) => header.lastOffset + 1),
  );
  return ends.at(-1) ?? 0;
}

describe('a failing disk', () => {
  it('leaves the log as it was when an append does not fit, and goes on when there is room again', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 3);
    disk.fail({ operation: 'pwrite', code: 'ENOSPC', pathIncludes: '.log', times: 1 });
    expect(() => log.appendAsLeader(batch(2), 0)).toThrow(DiskError);
    expect(log.failure).toBeUndefined();
    expect(log.logEndOffset).toBe(6);
    fill(log, 1);
    disk.crash('keep');
    expect(contents(open(disk))).toEqual(['0..1@0', '2..3@0', '4..5@0', '6..7@0']);
  });

  it('takes back the first part of an append whose second part failed', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 1);
    const many = Buffer.concat(Array.from({ length: 30 }, (_, index) => batch(2, { baseOffset: at(2 + index * 2) })));
    disk.fail({ operation: 'pwrite', code: 'EIO', pathIncludes: '00000000000000000026.log' });
    expect(() => log.appendAsFollower(many)).toThrow(DiskError);
    disk.clearFaults();
    expect(contents(log)).toEqual(['0..1@0']);
    valueOf(log.appendAsFollower(many));
    expect(contents(log).length).toBe(31);
  });

  it.each(['.index', '.timeindex'])('takes back a batch whose entry did not fit into the %s', (index) => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 3);
    disk.fail({ operation: 'pwrite', code: 'ENOSPC', pathIncludes: index, times: 1 });
    const later = { timestamp: timestampMs(NOW + 1000) };
    expect(() => {
      for (let count = 0; count < 5; count += 1) valueOf(log.appendAsLeader(batch(5, later), 0));
    }).toThrow(DiskError);
    const kept = contents(log);
    fill(log, 4);
    const after = contents(log);
    expect(after.slice(0, kept.length)).toEqual(kept);
    expect(after.length).toBe(kept.length + 4);
    disk.crash('keep');
    expect(contents(open(disk))).toEqual(after);
  });

  it('loses nothing when a roll failed half way and smaller batches still went into the old segment', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 8);
    disk.fail({ operation: 'open', code: 'EMFILE', pathIncludes: '16.index', times: 1 });
    expect(() => log.appendAsLeader(batch(100), 0)).toThrow(DiskError);
    fill(log, 40);
    const written = contents(log);
    expect(written.length).toBe(48);
    disk.crash('keep');
    expect(contents(open(disk))).toEqual(written);
  });

  it.each([
    ['cut', 'truncate', (log: PartitionLog): void => void log.truncateTo(at(2))],
    ['removal of what follows a cut', 'rename', (log: PartitionLog): void => void log.truncateTo(at(2))],
    ['deletion', 'rename', (log: PartitionLog): void => void log.deleteRecordsBefore(at(39))],
    ['fresh start', 'open', (log: PartitionLog): void => log.truncateFullyAndStartAt(at(100))],
  ] as const)('fails the log for good when a %s stops half way', (_, operation, change) => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 20);
    disk.fail({ operation, code: 'EIO' });
    expect(() => change(log)).toThrow(DiskError);
    disk.clearFaults();
    expect(log.appendAsLeader(batch(1), 0)).toMatchObject({ error: { code: 'KAFKA_STORAGE_ERROR' } });
  });

  it('fails for good when it has rotted where it is cut', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 4);
    disk.flipBits(`${FOLDER}/00000000000000000000.log`, 16, 0x40);
    expect(() => log.truncateTo(at(1))).toThrow('truncate /data/orders-0: EBADMSG');
    expect(log.failure).toMatchObject({ code: 'EBADMSG', path: FOLDER });
    expect(log.appendAsLeader(batch(1), 0)).toMatchObject({ error: { code: 'KAFKA_STORAGE_ERROR' } });
  });

  it.each([
    ['cut', (log: PartitionLog): void => void log.truncateTo(at(2))],
    ['deletion', (log: PartitionLog): void => void log.deleteRecordsBefore(at(79))],
  ])('leaves no hole when one of many segments cannot be removed by a %s', (_, change) => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 40);
    const written = contents(log);
    const middle = disk.list(FOLDER).filter((name) => name.endsWith('.log'))[2] ?? '';
    disk.fail({ operation: 'rename', code: 'EIO', pathIncludes: middle });
    expect(() => change(log)).toThrow(DiskError);
    disk.clearFaults();
    disk.crash('keep');
    const found = contents(open(disk));
    expect(found.length).toBeGreaterThan(10);
    expect(written.join().includes(found.join())).toBe(true);
  });

  it('fails the log for good when what a failed write left cannot be cut off', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 1);
    disk.setCapacity(batch(2).length + 1000);
    disk.fail({ operation: 'truncate', code: 'EIO', pathIncludes: '.log' });
    expect(() => {
      for (let index = 0; index < 50; index += 1) log.appendAsLeader(batch(2), 0);
    }).toThrow(DiskError);
    expect(log.appendAsLeader(batch(1), 0)).toMatchObject({ error: { code: 'KAFKA_STORAGE_ERROR' } });
  });

  it('believes nothing after a failed sync', async () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 3);
    const reached = log.recoveryPoint;
    disk.fail({ operation: 'fdatasync', code: 'EIO', times: 1 });
    await expect(log.flush()).rejects.toThrow(DiskError);
    await expect(log.flush()).rejects.toThrow(DiskError);
    expect(log.recoveryPoint).toBe(reached);
    expect(log.failure?.code).toBe('EIO');
    const read = { from: at(0), upTo: at(6), maxBytes: 100, minOneBatch: true };
    for (const answer of [log.appendAsLeader(batch(1), 0), log.appendAsFollower(batch(1)), log.read(read)]) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'KAFKA_STORAGE_ERROR' } });
    }
    expect(() => log.truncateTo(at(0))).toThrow(DiskError);
    await log.close();
  });

  it('has its old beginning until it has a new one', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 3);
    const files = disk.list(FOLDER);
    disk.fail({ operation: 'open', code: 'EIO', pathIncludes: '00040.log' });
    expect(() => {
      log.truncateFullyAndStartAt(at(40));
    }).toThrow(DiskError);
    expect(disk.list(FOLDER)).toEqual(files);
  });

  it('tells its owner once when the sync of a closed segment fails, for which nobody waits', async () => {
    const disk = createMemoryDisk();
    const told: DiskError[] = [];
    const log = open(disk, { onFailed: (error) => told.push(error) });
    fill(log, 3);
    disk.fail({ operation: 'fdatasync', code: 'EIO', times: 1 });
    log.roll();
    await new Promise(setImmediate);
    expect(told).toMatchObject([{ code: 'EIO' }]);
    await expect(log.flush()).rejects.toThrow(DiskError);
    expect(told).toHaveLength(1);
  });
});

describe('flushing', () => {
  it('says only what a power cut would leave, whoever asks in the moment one ends', async () => {
    const time = createVirtualTime();
    const disk = createMemoryDisk({ timers: time.timers, syncLatencyMs: { min: 5, max: 5 } });
    const log = open(disk);
    const told: { flushed: number; durable: number }[] = [];
    const flush = async (afterwards = (): Promise<unknown> => Promise.resolve()): Promise<void> => {
      const flushed = await log.flush();
      const more = afterwards();
      told.push({ flushed, durable: durableEnd(disk) });
      await more;
    };
    fill(log, 1);
    const first = flush(() => {
      // More than a segment holds, so that names and a flush of the log's own come along.
      fill(log, 20);
      return Promise.all([flush(), flush()]);
    });
    const queued = flush(() => flush());
    await time.resolve(Promise.all([first, queued]), 1000);
    expect(told).toHaveLength(5);
    for (const { flushed, durable } of told) expect(durable).toBeGreaterThanOrEqual(flushed);
  });

  it('shares one sync among callers that wait at the same time', async () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 1);
    const first = log.flush();
    fill(log, 1);
    const [second, third] = [log.flush(), log.flush()];
    expect(second).toBe(third);
    expect([await first, await second]).toEqual([2, 4]);
  });

  it('never reports more than what was appended before it began', async () => {
    const log = open();
    fill(log, 1);
    const flushing = log.flush();
    fill(log, 5);
    expect(await flushing).toBe(2);
    expect(log.recoveryPoint).toBe(2);
  });
});
