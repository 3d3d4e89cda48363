import { createSeededRandom, type DiskFault } from '@milena/platform/testing';
import { formatStorage, metadataFolder } from './format-storage';
import { readMetaProperties } from './meta-properties';
import { DriverCluster } from './testing/driver-cluster';

const FOLDER = metadataFolder('/data');

/** A write that fails while a voter works: what has it written, and whether the voter goes on. */
interface Cell {
  readonly file: string;
  readonly pathIncludes: string;
  readonly written: (cluster: DriverCluster, failing: number) => Promise<void>;
  readonly goesOn: boolean;
}

const commits = async (cluster: DriverCluster): Promise<void> => {
  const { nodeId, epoch } = await cluster.activeWithin(5000);
  cluster.node(nodeId).driver.append(epoch, [Buffer.from('appended')]);
  await cluster.time.advance(1000);
};

const elects = async (cluster: DriverCluster): Promise<void> => {
  const leader = cluster.active()?.nodeId ?? 0;
  cluster.kill(leader);
  await cluster.time.advance(10_000);
  await cluster.run(leader, 'voter');
};

const snapshots = async (cluster: DriverCluster, failing: number): Promise<void> => {
  expect((await cluster.snapshot(failing)).outcome).toMatchObject({
    ok: false,
    error: { code: 'KAFKA_STORAGE_ERROR' },
  });
  expect(cluster.snapshotFiles(failing)).toEqual([]);
};

const CELLS: readonly Cell[] = [
  { file: 'the active segment', pathIncludes: '.log', written: commits, goesOn: false },
  { file: 'quorum-state', pathIncludes: 'quorum-state', written: elects, goesOn: false },
  { file: 'committed-mark', pathIncludes: 'committed-mark', written: commits, goesOn: false },
  { file: 'a snapshot of its own', pathIncludes: '.checkpoint', written: snapshots, goesOn: true },
];

const FAILURES: readonly Pick<DiskFault, 'operation' | 'code'>[] = [
  { operation: 'pwrite', code: 'ENOSPC' },
  { operation: 'pwrite', code: 'EIO' },
  { operation: 'fdatasync', code: 'EIO' },
  { operation: 'fdatasync', code: 'ENOSPC' },
];

const MATRIX = CELLS.flatMap((cell) => FAILURES.map((failure) => ({ ...cell, ...failure })));

async function started(): Promise<{ readonly cluster: DriverCluster; readonly failing: number }> {
  const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
  await cluster.activeWithin(5000);
  for (const value of ['a', 'b', 'c']) await cluster.commit(value);
  await cluster.time.advance(1000);
  return { cluster, failing: [1, 2, 3].find((id) => id !== cluster.active()?.nodeId) ?? 0 };
}

describe('a voter that cannot write', () => {
  it.each(MATRIX)('$file ($operation: $code): goes on is $goesOn, the quorum always does', async (cell) => {
    const { cluster, failing } = await started();
    const { operation, code, pathIncludes } = cell;
    cluster.disk(failing).fail({ operation, code, pathIncludes });
    await cell.written(cluster, failing);
    const { fatal, driver } = cluster.node(failing);
    expect(fatal).toEqual(
      cell.goesOn
        ? []
        : [expect.objectContaining({ name: 'DiskError', code, path: expect.stringContaining(pathIncludes) })],
    );
    expect(driver.health()).toBe(cell.goesOn);
    if (!cell.goesOn) cluster.kill(failing, 'tear');
    await cluster.activeWithin(10_000);
    await cluster.commit('and on');
    cluster.disk(failing).clearFaults();
    if (!cell.goesOn) await cluster.run(failing, 'voter');
    await cluster.everywhere('and on', 10_000);
    expect(cluster.node(failing).listener.values).toEqual(cluster.node(cluster.active()?.nodeId ?? 0).listener.values);
  });

  it('a closed segment ends, though nobody waits for it', async () => {
    const cluster = await DriverCluster.start({ voters: [1], segmentBytes: 1024 });
    await cluster.run(101, 'observer', [1]);
    const { nodeId, epoch } = await cluster.activeWithin(5000);
    cluster.disk(101).fail({ operation: 'fdatasync', code: 'EIO', pathIncludes: '.log' });
    cluster.node(nodeId).driver.append(epoch, [Buffer.alloc(1000)]);
    await cluster.time.advance(1000);
    expect(cluster.node(101).fatal).toMatchObject([{ name: 'DiskError', code: 'EIO' }]);
    expect(cluster.node(101).driver.health()).toBe(false);
  });

  it('or read its log for a snapshot ends', async () => {
    const { cluster, failing } = await started();
    cluster.disk(failing).fail({ operation: 'pread', code: 'EIO', pathIncludes: '.log' });
    expect((await cluster.snapshot(failing)).outcome).toMatchObject({ error: { code: 'KAFKA_STORAGE_ERROR' } });
    expect(cluster.node(failing).fatal).toHaveLength(1);
  });

  it('a snapshot of the leader ends, and fetches it again at its next start', async () => {
    const { cluster, failing } = await started();
    cluster.kill(failing);
    await cluster.replaceDisk(failing);
    const leader = cluster.active()?.nodeId ?? 0;
    expect((await cluster.snapshot(leader)).outcome.ok).toBe(true);
    cluster.disk(failing).fail({ operation: 'fdatasync', code: 'EIO', pathIncludes: '.checkpoint' });
    await cluster.run(failing, 'observer', [leader]);
    expect(await cluster.time.runUntil(() => cluster.node(failing).fatal.length > 0, 10_000)).toBe(true);
    expect(cluster.node(failing).fatal).toMatchObject([{ name: 'DiskError', code: 'EIO' }]);
    cluster.kill(failing, 'lose-unsynced');
    cluster.disk(failing).clearFaults();
    await cluster.run(failing, 'observer', [leader]);
    await cluster.everywhere('c', 10_000);
  });
});

describe('a start that cannot', () => {
  it.each([
    { operation: 'pread', code: 'EIO', pathIncludes: '.log' },
    { operation: 'open', code: 'EIO', pathIncludes: '.log' },
    { operation: 'open', code: 'EMFILE', pathIncludes: 'committed-mark' },
    { operation: 'pread', code: 'EIO', pathIncludes: 'quorum-state' },
    { operation: 'list', code: 'EIO', pathIncludes: FOLDER },
    { operation: 'fsyncDirectory', code: 'EIO', pathIncludes: FOLDER },
    { operation: 'makeFolder', code: 'EROFS', pathIncludes: FOLDER },
  ] as const)('$operation $pathIncludes ($code) says so, and the next one is as if nothing had been', async (fault) => {
    const { cluster, failing } = await started();
    cluster.kill(failing);
    cluster.disk(failing).fail(fault);
    await expect(cluster.run(failing, 'voter')).rejects.toMatchObject({
      name: 'DiskError',
      code: fault.code,
      path: expect.stringContaining(fault.pathIncludes),
    });
    cluster.kill(failing);
    cluster.disk(failing).clearFaults();
    await cluster.run(failing, 'voter');
    await cluster.commit('d');
  });

  it('write, on a full disk, ends with the path of what did not fit, and loses nothing', async () => {
    const { cluster, failing } = await started();
    cluster.kill(failing);
    const disk = cluster.disk(failing);
    disk.setCapacity(disk.usedBytes());
    const running = await cluster.run(failing, 'voter').catch((error: unknown) => error);
    if (!(running instanceof Error)) {
      await commits(cluster);
      expect(cluster.node(failing).fatal).toMatchObject([{ name: 'DiskError', code: 'ENOSPC' }]);
    } else expect(running).toMatchObject({ name: 'DiskError', code: 'ENOSPC' });
    cluster.kill(failing);
    disk.setCapacity(Infinity);
    await cluster.run(failing, 'voter');
    await cluster.commit('d');
  });
});

describe('formatting', () => {
  it.each(['meta.properties', '.checkpoint'].flatMap((file) => FAILURES.map((failure) => ({ file, ...failure }))))(
    'that cannot write $file ($operation: $code) leaves a folder that counts as not formatted',
    async ({ file, operation, code }) => {
      const cluster = new DriverCluster({ voters: [1] });
      const disk = cluster.disk(1);
      disk.fail({ operation, code, pathIncludes: file });
      const endpoint = { name: 'CONTROLLER', host: 'node-1', port: 9093 };
      const format = () =>
        cluster.time.resolve(
          formatStorage({
            platform: { disk, clock: cluster.time.clock, random: createSeededRandom(1) },
            logFolders: ['/data'],
            metadataLogFolder: '/data',
            clusterId: 'test-cluster',
            nodeId: 1,
            voters: { kind: 'standalone', endpoint },
          }),
        );
      await expect(format()).rejects.toMatchObject({ name: 'DiskError', code, path: expect.stringContaining(file) });
      disk.crash('tear');
      expect(readMetaProperties(disk, '/data')).toBeUndefined();
      disk.clearFaults();
      await format();
      await cluster.run(1, 'voter');
      await cluster.activeWithin(5000);
    },
  );
});
