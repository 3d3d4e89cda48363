import { addOffset } from '@milena/model';
import { CLUSTER_ID, DriverCluster } from './testing/driver-cluster';

/** Nothing but the newest snapshot and what follows it is kept. */
const KEEP_LITTLE = { bytes: 1, ms: undefined };
const CLEANING_MS = 61_000;
/** More than are written at one go. */
const RECORDS = 10_000;

async function started(options: Partial<ConstructorParameters<typeof DriverCluster>[0]> = {}): Promise<DriverCluster> {
  const cluster = await DriverCluster.start({
    voters: [1, 2, 3],
    retention: KEEP_LITTLE,
    segmentBytes: 256,
    ...options,
  });
  await cluster.activeWithin(5000);
  return cluster;
}

async function commitAll(cluster: DriverCluster, values: readonly string[]): Promise<void> {
  for (const value of values) await cluster.commit(value);
}

/** Two snapshots on each of the nodes, then the cleaning that makes the log begin at the second. */
async function cleaned(cluster: DriverCluster, nodeIds: readonly number[]): Promise<void> {
  for (const value of ['first', 'second']) {
    await commitAll(cluster, [`${value} a`, `${value} b`]);
    for (const nodeId of nodeIds) expect((await cluster.snapshot(nodeId)).outcome.ok).toBe(true);
  }
  await cluster.time.advance(CLEANING_MS);
}

/** Base offset of node 1's first segment. */
function logStart(cluster: DriverCluster): number {
  const files = cluster.disk(1).list('/data/__cluster_metadata-0');
  return Number(files.filter((name) => name.endsWith('.log'))[0]?.slice(0, 20));
}

describe('snapshots that a node writes', () => {
  it('stand in for the log before them: a restarted node loads the newest and then what follows', async () => {
    const cluster = await started({ voters: [1] });
    await commitAll(cluster, ['a', 'b']);
    const { id, outcome } = await cluster.snapshot(1);
    expect(outcome).toEqual({ ok: true, value: undefined });
    await cluster.commit('c');
    await cluster.stop(1);
    await cluster.run(1, 'voter');
    await cluster.everywhere('c');
    const { listener } = cluster.node(1);
    expect(listener.values).toEqual(['a', 'b', 'c']);
    expect(listener.events.slice(0, 2)).toEqual([`snapshot ${id.offset}-${id.epoch}`, 'committed c']);
  });

  it('are refused when they are not newer, or end above the high watermark or inside a batch', async () => {
    const cluster = await started({ voters: [1] });
    await cluster.commit('a');
    const { id } = await cluster.snapshot(1);
    const { driver } = cluster.node(1);
    for (const wrong of [id, { ...id, offset: 99 }, { offset: 1, epoch: 7 }]) {
      const refused = await cluster.time.resolve(driver.createSnapshot(wrong as typeof id, []));
      expect(refused).toMatchObject({ ok: false, error: { code: 'INVALID_REQUEST' } });
    }
    expect(cluster.snapshotFiles(1)).toHaveLength(1);
  });

  it('KAFKA-15312: are whole after a power cut, once they are made', async () => {
    const cluster = await started({ voters: [1] });
    await commitAll(cluster, ['a', 'b']);
    const { id } = await cluster.snapshot(1);
    cluster.kill(1, 'lose-unsynced');
    await cluster.run(1, 'voter');
    await cluster.everywhere('b');
    expect(cluster.node(1).listener.events[0]).toBe(`snapshot ${id.offset}-${id.epoch}`);
  });

  it('KAFKA-12155: let the log be cleaned behind them, all but one', async () => {
    const cluster = await started({ voters: [1] });
    await cleaned(cluster, [1]);
    expect(cluster.snapshotFiles(1)).toHaveLength(1);
    expect(logStart(cluster)).toBeGreaterThan(0);
    await cluster.stop(1);
    await cluster.run(1, 'voter');
    await cluster.everywhere('second b');
    expect(cluster.node(1).listener.values).toEqual(['first a', 'first b', 'second a', 'second b']);
    await cluster.commit('after');
  });

  it('are cleaned away by age alone, one after the other, and not before', async () => {
    const ageMs = 3_600_000;
    const cluster = await started({ voters: [1], retention: { bytes: 1e9, ms: ageMs } });
    const taken = async (value: string): Promise<number> => {
      await commitAll(cluster, [`${value} a`, `${value} b`]);
      const writtenAtMs = cluster.time.clock.wallMs();
      await cluster.snapshot(1);
      return writtenAtMs;
    };
    const firstMs = await taken('first');
    await cluster.time.advance(ageMs / 2);
    const secondMs = await taken('second');
    await taken('third');
    const [first = '', second = '', third = ''] = cluster.snapshotFiles(1);
    const until = (ms: number): Promise<void> => cluster.time.advance(ms - cluster.time.clock.wallMs());
    await until(firstMs + ageMs);
    expect(cluster.snapshotFiles(1)).toEqual([first, second, third]);
    expect(logStart(cluster)).toBe(0);
    await cluster.time.advance(CLEANING_MS);
    expect(cluster.snapshotFiles(1)).toEqual([second, third]);
    expect(logStart(cluster)).toBeGreaterThan(0);
    await until(secondMs + ageMs);
    expect(cluster.snapshotFiles(1)).toEqual([second, third]);
    await cluster.time.advance(CLEANING_MS);
    expect(cluster.snapshotFiles(1)).toEqual([third]);
    await cluster.time.advance(2 * ageMs);
    expect(cluster.snapshotFiles(1)).toEqual([third]);
  });

  it('are not written while another is, and leave nothing behind when the disk is full', async () => {
    const cluster = await started({ voters: [1] });
    await cluster.commit('a');
    cluster.disk(1).fail({ operation: 'pwrite', code: 'ENOSPC', pathIncludes: '.checkpoint', times: 1 });
    const { outcome } = await cluster.snapshot(1);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'KAFKA_STORAGE_ERROR' } });
    expect(cluster.snapshotFiles(1)).toEqual([]);
    const { id } = await cluster.snapshot(1);
    await cluster.commit('b');
    const { driver } = cluster.node(1);
    const newer = { ...id, offset: addOffset(id.offset, 1) };
    const twice = [driver.createSnapshot(newer, []), driver.createSnapshot(newer, [])];
    const outcomes = await cluster.time.resolve(Promise.all(twice));
    expect(outcomes.map((each) => (each.ok ? 'written' : each.error.code))).toEqual([
      'written',
      'OPERATION_NOT_ATTEMPTED',
    ]);
    expect(cluster.node(1).fatal).toEqual([]);
  });

  it('wait while a leader is elected', async () => {
    const cluster = await started();
    await cluster.commit('a');
    const [first, second, third] = [1, 2, 3];
    await cluster.everywhere('a');
    const { driver } = cluster.node(first);
    const id = { offset: driver.highWatermark()!, epoch: driver.leader().epoch };
    for (const nodeId of [second, third]) cluster.kill(nodeId);
    await cluster.time.advance(10_000);
    let made = 0;
    function* records(): Generator<Buffer> {
      for (; made < RECORDS; made += 1) yield Buffer.from(`${made}`);
    }
    const outcome = driver.createSnapshot(id, records());
    await cluster.time.advance(10_000);
    expect(made).toBeLessThan(RECORDS);
    for (const nodeId of [second, third]) await cluster.run(nodeId, 'voter');
    await cluster.time.advance(10_000);
    expect(await cluster.time.resolve(outcome)).toMatchObject({ ok: true });
    expect(made).toBe(RECORDS);
  });

  it('are taken in step by step, and nothing else is told before the last', async () => {
    const cluster = await started({ voters: [1] });
    await cluster.commit('a');
    const { driver } = cluster.node(1);
    const { epoch } = driver.leader();
    const large = Array.from({ length: 20 }, (_, index) => Buffer.alloc(64 * 1024, index));
    const id = { offset: driver.highWatermark()!, epoch };
    await cluster.time.resolve(driver.createSnapshot(id, large));
    await cluster.commit('b');
    const told: string[] = [];
    driver.subscribe({
      *onSnapshot({ batches }) {
        for (const { records } of batches()) {
          told.push(`${records[0]?.[0]}`);
          if (told.length === 1) cluster.time.timers.after(0, () => told.push('somebody else'));
          yield;
        }
      },
      onCommitted: () => void told.push('b'),
      onLeader: () => void told.push('leads'),
      onLeaderChange() {},
      onResigned() {},
    });
    await cluster.time.advance(50);
    const rest = large.slice(1).map((_, index) => `${index + 1}`);
    expect(told).toEqual(['0', 'somebody else', ...rest, 'leads', 'b']);
  });
});

describe('a node that is behind the log start', () => {
  it('comes back through a snapshot', async () => {
    const cluster = await started();
    const { nodeId } = await cluster.activeWithin(5000);
    const behind = [1, 2, 3].find((id) => id !== nodeId) ?? 0;
    await cluster.commit('before');
    cluster.kill(behind);
    await cleaned(cluster, [...cluster.running.keys()]);
    await cluster.run(behind, 'voter');
    await cluster.everywhere('second b');
    const { listener, fatal } = cluster.node(behind);
    expect(fatal).toEqual([]);
    expect(listener.events.filter((event) => event.startsWith('snapshot'))).toHaveLength(1);
    await cluster.commit('after');
    expect(listener.values).toEqual(['before', 'first a', 'first b', 'second a', 'second b', 'after']);
  });

  it('KAFKA-15312: has it whole after a power cut, once it was told of it', async () => {
    const cluster = await started();
    const { nodeId } = await cluster.activeWithin(5000);
    const behind = [1, 2, 3].find((id) => id !== nodeId) ?? 0;
    cluster.kill(behind);
    await cleaned(cluster, [...cluster.running.keys()]);
    await cluster.run(behind, 'voter');
    await cluster.everywhere('second b');
    for (const id of [1, 2, 3]) cluster.kill(id, 'lose-unsynced');
    // Alone, so that nobody can send it again.
    const { listener } = await cluster.run(behind, 'voter');
    await cluster.time.advance(1000);
    expect(listener.values).toEqual(['first a', 'first b', 'second a', 'second b']);
  });

  it('is a new observer, too', async () => {
    const cluster = await started();
    await cleaned(cluster, [1, 2, 3]);
    const { listener } = await cluster.startObserver(9);
    await cluster.everywhere('second b');
    expect(listener.events[0]).toMatch(/^snapshot/);
    expect(listener.values).toEqual(['first a', 'first b', 'second a', 'second b']);
  });

  it('is a voter whose disk was replaced: it comes back as another replica, through a snapshot', async () => {
    const cluster = await started();
    const { nodeId } = await cluster.activeWithin(5000);
    const wiped = [1, 2, 3].find((id) => id !== nodeId) ?? 0;
    cluster.kill(wiped);
    await cleaned(cluster, [...cluster.running.keys()]);
    await cluster.replaceDisk(wiped);
    await cluster.run(wiped, 'voter', [1, 2, 3]);
    await cluster.everywhere('second b');
    const { listener } = cluster.node(wiped);
    expect(listener.events[0]).toMatch(/^snapshot/);
    expect(listener.values).toEqual(['first a', 'first b', 'second a', 'second b']);
    const { observers } = cluster.node(cluster.active()?.nodeId ?? 0).driver.describe();
    expect(observers.map(({ id }) => id)).toEqual([wiped]);
  });

  it('gets the rest of a snapshot from the next leader when the first one dies on the way', async () => {
    const cluster = await started({ voters: [1, 2, 3, 4, 5] });
    const active = await cluster.activeWithin(5000);
    const behind = [1, 2, 3, 4, 5].find((id) => id !== active.nodeId) ?? 0;
    cluster.kill(behind);
    await cleaned(cluster, [...cluster.running.keys()]);
    await cluster.run(behind, 'voter');
    const isReceiving = (): boolean => cluster.snapshotFiles(behind).some((name) => name.endsWith('.part'));
    expect(await cluster.time.runUntil(isReceiving, 5000)).toBe(true);
    cluster.kill(active.nodeId);
    await cluster.everywhere('second b', 10_000);
    expect(cluster.node(behind).fatal).toEqual([]);
    await cluster.commit('after', 10_000);
  });

  it.each(['pwrite', 'fdatasync', 'rename', 'fsyncDirectory', 'truncate', 'removeFile'] as const)(
    'KAFKA-13098: survives a power cut at the first %s of an install',
    async (operation) => {
      const cluster = await started();
      const { nodeId } = await cluster.activeWithin(5000);
      const behind = [1, 2, 3].find((id) => id !== nodeId) ?? 0;
      cluster.kill(behind);
      await cleaned(cluster, [...cluster.running.keys()]);
      await cluster.run(behind, 'voter');
      const { fatal } = cluster.node(behind);
      const begins = (): boolean => cluster.snapshotFiles(behind).length > 0;
      expect(await cluster.time.runUntil(begins, 5000)).toBe(true);
      cluster.disk(behind).fail({ operation, code: 'EIO' });
      await cluster.time.runUntil(() => fatal.length > 0, 1000);
      cluster.kill(behind, 'lose-unsynced');
      cluster.disk(behind).clearFaults();
      await cluster.run(behind, 'voter');
      await cluster.everywhere('second b');
      expect(cluster.node(behind).listener.values).toEqual(['first a', 'first b', 'second a', 'second b']);
      expect(cluster.snapshotFiles(behind)).toHaveLength(1);
    },
  );

  it('is a voter of another cluster never', async () => {
    const cluster = await started();
    await cleaned(cluster, [1, 2, 3]);
    const stranger = await cluster.startObserver(9, [1], `not-${CLUSTER_ID}`);
    await cluster.time.advance(3000);
    expect(stranger.listener.events).toEqual([]);
  });
});
