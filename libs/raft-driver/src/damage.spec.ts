import { DriverCluster } from './testing/driver-cluster';

const FOLDER = '/data/__cluster_metadata-0';
const VALUES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A quorum that committed VALUES, long enough ago for that to be on record on every disk. */
async function committed(voters: readonly number[] = [1, 2, 3]): Promise<DriverCluster> {
  const cluster = await DriverCluster.start({ voters, segmentBytes: 256, retention: { bytes: 1, ms: 3_600_000 } });
  await cluster.activeWithin(5000);
  for (const value of VALUES) await cluster.commit(value);
  await cluster.time.advance(1000);
  return cluster;
}

function followerOf(cluster: DriverCluster): number {
  const active = cluster.active()?.nodeId;
  return [...cluster.running.keys()].find((id) => id !== active) ?? 0;
}

/** Flips a bit in the middle of the first file of the kind. */
function damage(cluster: DriverCluster, nodeId: number, kind: string): string {
  const disk = cluster.disk(nodeId);
  const name = disk.list(FOLDER).find((each) => each.endsWith(kind) && !each.startsWith(`${'0'.repeat(20)}-`));
  const path = `${FOLDER}/${name}`;
  const file = disk.open(path, { readOnly: true });
  const size = file.size();
  file.close();
  disk.flipBits(path, Math.floor(size / 2), 0x10);
  return path;
}

describe('a voter whose committed records are damaged', () => {
  it('fetches them again before it votes, and is then a voter as before', async () => {
    const cluster = await committed();
    const damaged = followerOf(cluster);
    cluster.kill(damaged);
    damage(cluster, damaged, '.log');
    await cluster.run(damaged, 'voter');
    expect(cluster.node(damaged).driver.health()).toBe(false);
    await cluster.everywhere('f');
    expect(cluster.node(damaged).listener.values).toEqual(VALUES);
    const other = [1, 2, 3].find((id) => id !== damaged && id !== cluster.active()?.nodeId) ?? 0;
    cluster.kill(other);
    await cluster.commit('with its acknowledgement');
    expect(cluster.node(damaged).driver.health()).toBe(true);
  });

  it('elects nobody meanwhile: records that only it and the dead leader had are not lost', async () => {
    const cluster = await committed();
    const leader = cluster.active()?.nodeId ?? 0;
    const [damaged = 0, behind = 0] = [1, 2, 3].filter((id) => id !== leader);
    cluster.kill(behind);
    await cluster.commit('on two disks');
    await cluster.time.advance(1000);
    cluster.kill(damaged);
    damage(cluster, damaged, '.log');
    cluster.kill(leader);
    await cluster.run(damaged, 'voter');
    await cluster.run(behind, 'voter');
    await cluster.time.advance(20_000);
    expect(cluster.active()).toBeUndefined();
    expect([damaged, behind].map((id) => cluster.node(id).driver.health())).toEqual([false, false]);
    await cluster.run(leader, 'voter');
    await cluster.everywhere('on two disks', 20_000);
    await cluster.commit('and on');
  });

  it('is not taken for whole because a snapshot holds what the mark tells of: the tail behind it is gone too', async () => {
    const cluster = await committed();
    const leader = cluster.active()?.nodeId ?? 0;
    const [damaged = 0, behind = 0] = [1, 2, 3].filter((id) => id !== leader);
    expect((await cluster.snapshot(damaged)).outcome.ok).toBe(true);
    cluster.kill(behind);
    await cluster.commit('on two disks');
    cluster.kill(damaged);
    damage(cluster, damaged, '.log');
    cluster.kill(leader);
    await cluster.run(damaged, 'voter');
    cluster.kill(damaged);
    await cluster.run(damaged, 'voter');
    await cluster.run(behind, 'voter');
    await cluster.time.advance(20_000);
    expect(cluster.active()).toBeUndefined();
    await cluster.run(leader, 'voter');
    await cluster.everywhere('on two disks', 20_000);
  });

  it('is not taken for whole when its repair ends between what the mark tells of and what it may have acknowledged', async () => {
    const cluster = await committed();
    const leader = cluster.active()?.nodeId ?? 0;
    const [damaged = 0, behind = 0] = [1, 2, 3].filter((id) => id !== leader);
    const marked = cluster.node(damaged).driver.logEndOffset();
    cluster.kill(behind);
    for (const value of ['g', 'h', 'i', 'j']) await cluster.commit(value);
    const { driver } = cluster.node(leader);
    cluster.kill(damaged);
    damage(cluster, damaged, '.log');
    await cluster.run(damaged, 'voter');
    const fetched = () => cluster.node(damaged).driver.logEndOffset();
    while (fetched() < marked) await cluster.time.advance(0.1);
    expect(fetched()).toBeLessThan(driver.logEndOffset());
    cluster.kill(damaged);
    cluster.kill(leader);
    await cluster.run(damaged, 'voter');
    await cluster.run(behind, 'voter');
    await cluster.time.advance(20_000);
    expect(cluster.active()).toBeUndefined();
    await cluster.run(leader, 'voter');
    await cluster.everywhere('j', 20_000);
  });

  it('goes on with its repair after a power cut in the middle of it', async () => {
    const cluster = await committed();
    const damaged = followerOf(cluster);
    cluster.kill(damaged);
    damage(cluster, damaged, '.log');
    await cluster.run(damaged, 'voter');
    cluster.kill(damaged, 'lose-unsynced');
    await cluster.run(damaged, 'voter');
    expect(cluster.node(damaged).driver.health()).toBe(false);
    await cluster.everywhere('f');
    expect(cluster.node(damaged).fatal).toEqual([]);
  });

  it('ends its repair although what it had fetched by then was never committed', async () => {
    const cluster = await committed([1, 2, 3, 4, 5]);
    const { nodeId: leader, epoch } = await cluster.activeWithin(5000);
    const [damaged = 0, ...others] = [1, 2, 3, 4, 5].filter((id) => id !== leader);
    for (const id of [damaged, ...others]) cluster.kill(id);
    damage(cluster, damaged, '.log');
    const { driver } = cluster.node(leader);
    for (const value of ['u', 'v', 'w', 'x']) driver.append(epoch, [Buffer.from(value)]);
    await cluster.run(damaged, 'voter');
    const fetched = () => cluster.node(damaged).driver.logEndOffset();
    while (fetched() < driver.logEndOffset()) await cluster.time.advance(0.1);
    cluster.kill(damaged);
    cluster.kill(leader);
    for (const id of others) await cluster.run(id, 'voter');
    await cluster.commit('y');
    await cluster.run(damaged, 'voter');
    await cluster.everywhere('y', 20_000);
    expect(cluster.node(damaged).listener.values).toEqual([...VALUES, 'y']);
    expect(cluster.node(damaged).fatal).toEqual([]);
  });

  it('refuses to start when there is nobody to fetch from, naming file and reason', async () => {
    const cluster = await committed([1]);
    cluster.kill(1);
    damage(cluster, 1, '.log');
    await expect(cluster.run(1, 'voter')).rejects.toMatchObject({
      name: 'UnusableMetadataLog',
      message: expect.stringMatching(
        /\/data\/__cluster_metadata-0\/\d{20}\.log .*can be read up to offset \d+, but records up to \d+/,
      ),
    });
  });

  it('is not one whose last, never synced batch was torn by a power cut', async () => {
    const cluster = await committed([1]);
    cluster.kill(1);
    const disk = cluster.disk(1);
    const name = disk.list(FOLDER).findLast((each) => each.endsWith('.log')) ?? '';
    const file = disk.open(`${FOLDER}/${name}`);
    file.pwrite(Buffer.from('the beginning of a batch that was never written whole'), file.size());
    file.close();
    await cluster.run(1, 'voter');
    await cluster.everywhere('f');
    await cluster.commit('g');
  });
});

describe('a damaged snapshot', () => {
  async function withSnapshot(cluster: DriverCluster, nodeIds: readonly number[]): Promise<void> {
    for (const nodeId of nodeIds) expect((await cluster.snapshot(nodeId)).outcome.ok).toBe(true);
  }

  it('is fetched again from the leader when the log no longer goes back far enough', async () => {
    const cluster = await committed();
    await withSnapshot(cluster, [1, 2, 3]);
    await cluster.commit('g');
    await withSnapshot(cluster, [1, 2, 3]);
    await cluster.time.advance(61_000);
    await cluster.commit('h');
    await cluster.time.advance(1000);
    const damaged = followerOf(cluster);
    cluster.kill(damaged);
    damage(cluster, damaged, '.checkpoint');
    await cluster.run(damaged, 'voter');
    await cluster.everywhere('h');
    expect(cluster.node(damaged).listener.values).toEqual([...VALUES, 'g', 'h']);
    expect(cluster.node(damaged).fatal).toEqual([]);
  });

  it('is dropped when the log still holds what it stands for', async () => {
    const cluster = await committed([1]);
    await withSnapshot(cluster, [1]);
    cluster.kill(1);
    damage(cluster, 1, '.checkpoint');
    await cluster.run(1, 'voter');
    await cluster.everywhere('f');
    expect(cluster.snapshotFiles(1)).toEqual([]);
  });

  it('is refused with its path and what is wrong where nobody can send another', async () => {
    const cluster = await committed([1]);
    await withSnapshot(cluster, [1]);
    await cluster.commit('g');
    await withSnapshot(cluster, [1]);
    await cluster.time.advance(61_000);
    cluster.kill(1);
    const path = damage(cluster, 1, '.checkpoint');
    await expect(cluster.run(1, 'voter')).rejects.toMatchObject({ name: 'UnusableSnapshot', path });
    expect(cluster.disk(1).exists(path)).toBe(true);
  });
});

describe('damage to a snapshot of a running node', () => {
  async function withTwoSnapshots(): Promise<DriverCluster> {
    const cluster = await committed([1]);
    await cluster.snapshot(1);
    for (const value of ['g', 'h']) await cluster.commit(value);
    await cluster.snapshot(1);
    expect(cluster.snapshotFiles(1)).toHaveLength(2);
    return cluster;
  }

  it('leaves the log as it is when nothing else could stand for it', async () => {
    const cluster = await withTwoSnapshots();
    const [older = '', newer = ''] = cluster.snapshotFiles(1);
    cluster.disk(1).flipBits(`${FOLDER}/${newer}`, 100, 0x10);
    await cluster.time.advance(61_000);
    expect(cluster.snapshotFiles(1)).toEqual([older, newer]);
    cluster.kill(1);
    await cluster.run(1, 'voter');
    await cluster.everywhere('h');
    expect(cluster.node(1).listener.values).toEqual([...VALUES, 'g', 'h']);
  });

  it('does not keep an older one that is damaged from being cleaned away', async () => {
    const cluster = await withTwoSnapshots();
    const [older = '', newer = ''] = cluster.snapshotFiles(1);
    cluster.disk(1).flipBits(`${FOLDER}/${older}`, 100, 0x10);
    await cluster.time.advance(61_000);
    expect(cluster.node(1).fatal).toEqual([]);
    expect(cluster.snapshotFiles(1)).toEqual([newer]);
  });
});

describe('a failing disk', () => {
  it.each(['quorum-state', 'meta.properties'])('%s that was torn is refused with its path', async (name) => {
    const cluster = await committed([1]);
    cluster.kill(1);
    const path = name === 'quorum-state' ? `${FOLDER}/${name}` : `/data/${name}`;
    const file = cluster.disk(1).open(path);
    file.truncate(file.size() - 5);
    file.close();
    await expect(cluster.run(1, 'voter')).rejects.toThrow(path);
  });

  it.each(['quorum-state', 'meta.properties'])('%s with a flipped bit is refused with its path', async (name) => {
    const cluster = await committed([1]);
    cluster.kill(1);
    const path = name === 'quorum-state' ? `${FOLDER}/${name}` : `/data/${name}`;
    cluster.disk(1).flipBits(path, 20, 0x01);
    await expect(cluster.run(1, 'voter')).rejects.toThrow(path);
  });

  it.each([
    { operation: 'fdatasync', code: 'EIO' },
    { operation: 'pwrite', code: 'ENOSPC' },
  ] as const)('stops one voter ($operation: $code), and the quorum goes on', async (fault) => {
    const cluster = await committed();
    const failing = followerOf(cluster);
    cluster.disk(failing).fail({ ...fault, pathIncludes: '.log' });
    const { nodeId, epoch } = await cluster.activeWithin(5000);
    expect(cluster.node(nodeId).driver.append(epoch, [Buffer.from('g')]).ok).toBe(true);
    expect(await cluster.time.runUntil(() => cluster.node(failing).fatal.length > 0, 5000)).toBe(true);
    expect(cluster.node(failing).fatal[0]).toMatchObject({ name: 'DiskError', code: fault.code });
    expect(cluster.node(failing).driver.health()).toBe(false);
    cluster.kill(failing, 'lose-unsynced');
    await cluster.everywhere('g');
    cluster.disk(failing).clearFaults();
    await cluster.run(failing, 'voter');
    await cluster.everywhere('g');
  });
});

it('a lone voter whose segments are gone is refused, and keeps its snapshot, however far that reaches', async () => {
  const cluster = await committed([1]);
  await cluster.snapshot(1);
  const kept = cluster.snapshotFiles(1);
  cluster.kill(1);
  const disk = cluster.disk(1);
  for (const name of disk.list(FOLDER)) if (name.endsWith('.log')) disk.removeFile(`${FOLDER}/${name}`);
  await expect(cluster.run(1, 'voter')).rejects.toThrow(/cannot be used: it can be read up to offset 0/);
  expect(cluster.snapshotFiles(1)).toEqual(kept);
});

it('a quorum of which two of three are gone is not ready once the check-quorum timeout has passed', async () => {
  const cluster = await committed();
  const leader = cluster.active()?.nodeId ?? 0;
  for (const nodeId of [1, 2, 3]) if (nodeId !== leader) cluster.kill(nodeId);
  await cluster.time.advance(3500);
  expect(cluster.node(leader).driver.health()).toBe(false);
  await cluster.time.advance(20_000);
  expect(cluster.node(leader).driver.health()).toBe(false);
});
