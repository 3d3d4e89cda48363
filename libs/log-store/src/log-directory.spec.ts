import { failure, type TopicPartition } from '@milena/model';
import { silentLogger } from '@milena/platform';
import {
  createMemoryDisk,
  createSeededRandom,
  createVirtualTime,
  type MemoryDisk,
  type VirtualTime,
} from '@milena/platform/testing';
import type { LogDirectory, LogDirectoryOptions } from './log-directory';
import { openLogDirectory } from './open-log-directory';
import { readTextFile } from './small-file';
import { at, contents, fill, SMALL, TOPIC_ID, valueOf } from './testing/log-fixture';

const OTHER_ID = 'EBESExQVFhcYGRobHB0eHw';
const ORDERS: TopicPartition = { topic: 'orders', partition: 0 };
const DASHED: TopicPartition = { topic: 'a-b', partition: 12 };

async function openDirectory(
  disk: MemoryDisk,
  time: VirtualTime,
  overrides: Partial<LogDirectoryOptions> = {},
): Promise<LogDirectory> {
  const { clock, timers } = time;
  const random = createSeededRandom(1);
  const base = { disk, clock, timers, random, logger: silentLogger, path: '/data', config: SMALL };
  return valueOf(await openLogDirectory({ ...base, ...overrides }));
}

describe('log directory', () => {
  it('finds its partitions again after a clean stop, with the broker epoch of that stop', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    const directory = await openDirectory(disk, time);
    fill(valueOf(directory.getOrCreate(ORDERS, TOPIC_ID)), 30);
    fill(valueOf(directory.getOrCreate(DASHED, OTHER_ID)), 1);
    valueOf(directory.get(ORDERS)!.deleteRecordsBefore(at(25)));
    await directory.checkpointHighWatermarks([{ topicPartition: ORDERS, offset: at(40) }]);
    await directory.close(77);
    expect(readTextFile(disk, '/data/.kafka_cleanshutdown')).toBe('{"version":0,"brokerEpoch":77}');
    expect(readTextFile(disk, '/data/recovery-point-offset-checkpoint')).toBe('0\n2\norders 0 60\na-b 12 2\n');
    expect(readTextFile(disk, '/data/log-start-offset-checkpoint')).toBe('0\n2\norders 0 25\na-b 12 0\n');
    expect(readTextFile(disk, '/data/replication-offset-checkpoint')).toBe('0\n1\norders 0 40\n');
    expect(readTextFile(disk, '/data/orders-0/partition.metadata')).toBe(`version: 0\ntopic_id: ${TOPIC_ID}`);
    disk.crash();

    const reopened = await openDirectory(disk, time);
    expect([reopened.wasCleanShutdown, reopened.previousBrokerEpoch]).toEqual([true, 77]);
    expect(disk.exists('/data/.kafka_cleanshutdown')).toBe(false);
    const orders = reopened.get(ORDERS)!;
    expect([orders.logStartOffset, orders.logEndOffset, orders.recoveryPoint]).toEqual([25, 60, 60]);
    expect(orders.recovery.scannedSegments).toBe(0);
    expect(reopened.get(DASHED)?.topicId).toBe(OTHER_ID);
    expect(reopened.checkpointedHighWatermark(ORDERS)).toBe(40);
  });

  it('knows a crash, also one right after a clean start', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    await (await openDirectory(disk, time)).close(1);
    const directory = await openDirectory(disk, time);
    const log = valueOf(directory.getOrCreate(ORDERS, TOPIC_ID));
    fill(log, 10);
    await log.flush();
    fill(log, 10);
    disk.crash();
    const reopened = await openDirectory(disk, time);
    expect([reopened.wasCleanShutdown, reopened.previousBrokerEpoch]).toEqual([false, undefined]);
    expect(reopened.get(ORDERS)!.logEndOffset).toBeGreaterThanOrEqual(20);
    expect(reopened.get(ORDERS)?.topicId).toBe(TOPIC_ID);
  });

  it('keeps acknowledged data of a partition that was never flushed when only the process dies', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    const directory = await openDirectory(disk, time);
    fill(valueOf(directory.getOrCreate(ORDERS, TOPIC_ID)), 3);
    disk.crash('keep');
    const log = (await openDirectory(disk, time)).get(ORDERS)!;
    expect(contents(log)).toEqual(['0..1@0', '2..3@0', '4..5@0']);
    expect(log.topicId).toBe(TOPIC_ID);
  });

  it('keeps what was flushed after a killed process over a power cut that follows', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    fill(valueOf((await openDirectory(disk, time)).getOrCreate(ORDERS, TOPIC_ID)), 1);
    disk.crash('keep');
    const log = (await openDirectory(disk, time)).get(ORDERS)!;
    fill(log, 1);
    await log.flush();
    disk.crash('lose-unsynced');
    const reopened = (await openDirectory(disk, time)).get(ORDERS);
    expect(reopened && contents(reopened)).toEqual(['0..1@0', '2..3@0']);
  });

  it('sets aside a folder without a readable topic id after a crash', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    const directory = await openDirectory(disk, time);
    fill(valueOf(directory.getOrCreate(ORDERS, TOPIC_ID)), 3);
    disk.removeFile('/data/orders-0/partition.metadata');
    disk.crash('keep');
    const reopened = await openDirectory(disk, time);
    expect(reopened.get(ORDERS)).toBeUndefined();
    expect(disk.list('/data').filter((name) => /^orders-0\.[0-9a-f]{32}-stray$/.test(name)).length).toBe(1);
  });

  it('leaves folders alone that are not of partitions, after a crash too', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    await openDirectory(disk, time);
    for (const name of ['.coordinator-state', 'lost+found', '__cluster_metadata-0']) {
      disk.makeFolder(`/data/${name}`);
      disk.open(`/data/${name}/LOCK`, { create: true }).close();
    }
    disk.crash('keep');
    const directory = await openDirectory(disk, time, { deleteDelayMs: 0 });
    await time.advance(120_000);
    expect([...directory.logs()]).toEqual([]);
    for (const name of ['.coordinator-state', 'lost+found', '__cluster_metadata-0']) {
      expect(disk.list(`/data/${name}`)).toEqual(['LOCK']);
    }
  });

  it('is opened by one process at a time', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    const { clock, timers } = time;
    const options = {
      disk,
      clock,
      timers,
      random: createSeededRandom(1),
      logger: silentLogger,
      path: '/data',
      config: SMALL,
    };
    const directory = await openDirectory(disk, time);
    expect(await openLogDirectory(options)).toMatchObject({ error: { code: 'KAFKA_STORAGE_ERROR' } });
    await directory.close();
    expect((await openLogDirectory(options)).ok).toBe(true);
  });

  it('touches nothing when meta.properties are refused', async () => {
    const disk = createMemoryDisk();
    const { clock, timers } = createVirtualTime();
    const random = createSeededRandom(1);
    const verify = () => failure('INCONSISTENT_CLUSTER_ID', 'another cluster');
    const options = { disk, clock, timers, random, logger: silentLogger, path: '/data', config: SMALL, verify };
    expect(await openLogDirectory(options)).toMatchObject({ error: { code: 'INCONSISTENT_CLUSTER_ID' } });
    expect(disk.lock('/data/.lock')).toBeDefined();
  });

  it('does not open a partition for another topic of the same name, until the old one is set aside', async () => {
    const disk = createMemoryDisk();
    const directory = await openDirectory(disk, createVirtualTime());
    fill(valueOf(directory.getOrCreate(ORDERS, TOPIC_ID)), 3);
    expect(directory.getOrCreate(ORDERS, OTHER_ID)).toMatchObject({ error: { code: 'INCONSISTENT_TOPIC_ID' } });
    await directory.isolateStray(ORDERS);
    const log = valueOf(directory.getOrCreate(ORDERS, OTHER_ID));
    expect([log.logEndOffset, log.topicId]).toEqual([0, OTHER_ID]);
  });

  it('renames a deleted partition at once and removes its files later', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    const directory = await openDirectory(disk, time);
    fill(valueOf(directory.getOrCreate(ORDERS, TOPIC_ID)), 3);
    const deleting = directory.delete(ORDERS);
    expect(valueOf(directory.getOrCreate(ORDERS, OTHER_ID)).logEndOffset).toBe(0);
    await deleting;
    const deleted = () => disk.list('/data').filter((name) => name.endsWith('-delete'));
    expect(deleted()).toEqual([expect.stringMatching(/^orders-0\.[0-9a-f]{32}-delete$/)]);
    await time.advance(60_000);
    expect(deleted()).toEqual([]);
  });

  it('retires a topic with the longest legal name into a folder whose name a file system takes', async () => {
    const disk = createMemoryDisk();
    const directory = await openDirectory(disk, createVirtualTime());
    for (const how of ['delete', 'isolateStray'] as const) {
      const longest = { topic: 'a'.repeat(249), partition: 12_345 };
      valueOf(directory.getOrCreate(longest, TOPIC_ID));
      await directory[how](longest);
    }
    const retired = disk.list('/data').filter((name) => /^a+-12345\.[0-9a-f]{32}-(delete|stray)$/.test(name));
    expect(retired.map((name) => name.length)).toEqual([255, 255]);
  });

  it('does not give a folder that could not be retired to the topic that takes the name', async () => {
    const disk = createMemoryDisk();
    const directory = await openDirectory(disk, createVirtualTime());
    fill(valueOf(directory.getOrCreate(ORDERS, TOPIC_ID)), 3);
    disk.fail({ operation: 'rename', code: 'EIO', pathIncludes: 'orders-0', times: 1 });
    await expect(directory.delete(ORDERS)).rejects.toThrow('EIO');
    expect(directory.getOrCreate(ORDERS, OTHER_ID)).toMatchObject({ error: { code: 'INCONSISTENT_TOPIC_ID' } });
    await directory.isolateStray(ORDERS);
    expect(valueOf(directory.getOrCreate(ORDERS, OTHER_ID)).logEndOffset).toBe(0);
  });

  it('keeps a flush of a deleted partition away from the one that takes its name', async () => {
    const time = createVirtualTime();
    const disk = createMemoryDisk({ timers: time.timers, syncLatencyMs: { min: 1, max: 3 } });
    const directory = await time.resolve(openDirectory(disk, time));
    const old = valueOf(directory.getOrCreate(ORDERS, TOPIC_ID));
    fill(old, 3, { epoch: 9 });
    const flushing = old.flush().catch(() => undefined);
    const deleting = directory.delete(ORDERS);
    const log = valueOf(directory.getOrCreate(ORDERS, OTHER_ID));
    fill(log, 1, { epoch: 2 });
    await time.resolve(Promise.all([flushing, deleting]));
    await time.resolve(log.flush());
    expect(log.failure).toBeUndefined();
    expect(readTextFile(disk, '/data/orders-0/partition.metadata')).toContain(OTHER_ID);
    expect(readTextFile(disk, '/data/orders-0/leader-epoch-checkpoint')).toBe('0\n1\n2 0\n');
  });

  it('lets a flush end well whose partition is deleted meanwhile', async () => {
    const time = createVirtualTime();
    const disk = createMemoryDisk({ timers: time.timers, syncLatencyMs: { min: 1, max: 3 } });
    const directory = await time.resolve(openDirectory(disk, time));
    for (let delayMs = 0; delayMs < 12; delayMs += 1) {
      const log = valueOf(directory.getOrCreate(ORDERS, TOPIC_ID));
      fill(log, 3, { epoch: 9 });
      const flushing = log.flush();
      await time.advance(delayMs);
      await time.resolve(Promise.all([flushing, directory.delete(ORDERS)]));
      expect(log.failure).toBeUndefined();
    }
  });

  it('does not apply the offsets of a deleted partition to the one that takes its name', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    const directory = await openDirectory(disk, time);
    const old = valueOf(directory.getOrCreate(ORDERS, TOPIC_ID));
    fill(old, 30);
    await old.flush();
    valueOf(old.deleteRecordsBefore(at(40)));
    await directory.checkpoint();
    await directory.delete(ORDERS);
    await time.settle();
    fill(valueOf(directory.getOrCreate(ORDERS, OTHER_ID)), 2);
    disk.crash('keep');
    const log = (await openDirectory(disk, time)).get(ORDERS)!;
    expect(contents(log)).toEqual(['0..1@0', '2..3@0']);
    expect(log.recoveryPoint).toBe(0);
  });

  it('leaves the files of a deletion that ends after it was closed to the next life', async () => {
    const time = createVirtualTime();
    const disk = createMemoryDisk({ timers: time.timers, syncLatencyMs: { min: 1, max: 3 } });
    const directory = await time.resolve(openDirectory(disk, time));
    fill(valueOf(directory.getOrCreate(ORDERS, TOPIC_ID)), 3);
    const deleting = directory.delete(ORDERS);
    await time.resolve(Promise.all([deleting, directory.close()]));
    await time.advance(60_000);
    expect(disk.list('/data').filter((name) => name.endsWith('-delete')).length).toBe(1);
  });

  it('removes deleted partitions of an earlier life', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    disk.makeFolder('/data/orders-0.00-delete');
    const directory = await openDirectory(disk, time);
    expect([...directory.logs()]).toEqual([]);
    await time.advance(60_000);
    expect(disk.list('/data')).not.toContain('orders-0.00-delete');
  });

  it('writes the recovery points every minute', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    const directory = await openDirectory(disk, time);
    const log = valueOf(directory.getOrCreate(ORDERS, TOPIC_ID));
    fill(log, 2);
    await directory.flushAll();
    await time.advance(60_000);
    expect(readTextFile(disk, '/data/recovery-point-offset-checkpoint')).toBe('0\n1\norders 0 4\n');
    await time.advance(60_000);
    log.truncateTo(at(2));
    await time.settle();
    expect(readTextFile(disk, '/data/recovery-point-offset-checkpoint')).toBe('0\n1\norders 0 2\n');
  });

  it('leaves no clean marker behind a log that failed', async () => {
    const disk = createMemoryDisk();
    const directory = await openDirectory(disk, createVirtualTime());
    const log = valueOf(directory.getOrCreate(ORDERS, TOPIC_ID));
    fill(log, 2);
    disk.fail({ operation: 'fdatasync', code: 'EIO', times: 1 });
    await expect(log.flush()).rejects.toThrow('EIO');
    await directory.close(5);
    expect(disk.exists('/data/.kafka_cleanshutdown')).toBe(false);
  });

  it('closes many logs at a time, and no more than a bounded number', async () => {
    const time = createVirtualTime();
    const disk = createMemoryDisk({ timers: time.timers, syncLatencyMs: { min: 10, max: 10 } });
    const directory = await time.resolve(openDirectory(disk, time));
    for (let partition = 0; partition < 64; partition += 1) {
      fill(valueOf(directory.getOrCreate({ topic: 'orders', partition }, TOPIC_ID)), 1);
    }
    const startedMs = time.nowMs();
    await time.resolve(directory.close(3));
    const tookMs = time.nowMs() - startedMs;
    expect(tookMs).toBeGreaterThan(100);
    expect(tookMs).toBeLessThan(1_000);
    expect(disk.exists('/data/.kafka_cleanshutdown')).toBe(true);
  });

  it('treats a damaged checkpoint as an empty one', async () => {
    const disk = createMemoryDisk();
    const time = createVirtualTime();
    const directory = await openDirectory(disk, time);
    fill(valueOf(directory.getOrCreate(ORDERS, TOPIC_ID)), 2);
    await directory.close();
    const file = disk.open('/data/recovery-point-offset-checkpoint');
    file.pwrite(Buffer.from('0\n9\n'), 0);
    file.close();
    expect((await openDirectory(disk, time)).get(ORDERS)?.logEndOffset).toBe(4);
  });
});
