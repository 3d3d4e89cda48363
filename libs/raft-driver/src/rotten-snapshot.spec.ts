import { silentLogger, type Logger } from '@milena/platform';
import { metadataFolder } from './format-storage';
import { DriverCluster } from './testing/driver-cluster';

const FOLDER = metadataFolder('/data');

/** The newest snapshot of a node loses a bit while the node runs. */
function rot(cluster: DriverCluster, nodeId: number): void {
  const path = `${FOLDER}/${cluster.snapshotFiles(nodeId).at(-1) ?? ''}`;
  const file = cluster.disk(nodeId).open(path, { readOnly: true });
  const middle = Math.floor(file.size() / 2);
  file.close();
  cluster.disk(nodeId).flipBits(path, middle, 0x10);
}

function recordingLogger(refusals: string[]): Logger {
  const warn = (message: string): void => void (message.includes('is damaged') && refusals.push(message));
  const logger: Logger = { ...silentLogger, warn, child: () => logger };
  return logger;
}

/** A quorum of `voters` whose log begins at a snapshot on all but the stopped one, which lacks what is before it. */
async function behind(voters: readonly number[], behindId: number, logger?: Logger): Promise<DriverCluster> {
  const retention = { bytes: 1, ms: undefined };
  const cluster = await DriverCluster.start({ voters, segmentBytes: 256, retention, ...(logger && { logger }) });
  await cluster.activeWithin(5000);
  await cluster.commit('first');
  if (cluster.running.has(behindId)) cluster.kill(behindId);
  await cluster.activeWithin(5000);
  const running = voters.filter((id) => id !== behindId);
  for (const values of [['a', 'b', 'c', 'd'], ['e']]) {
    for (const value of values) await cluster.commit(value);
    await cluster.time.advance(1000);
    for (const id of running) await cluster.snapshot(id);
  }
  await cluster.time.advance(61_000);
  await cluster.commit('last');
  await cluster.time.advance(1000);
  return cluster;
}

describe('a snapshot that rots under a running leader', () => {
  it('is offered no more: the leader ends, another one has a whole one, and everybody gets all', async () => {
    const cluster = await behind([1, 2, 3], 3);
    const leader = cluster.active()?.nodeId ?? 0;
    rot(cluster, leader);
    await cluster.run(3, 'voter');
    expect(await cluster.time.runUntil(() => cluster.node(leader).fatal.length > 0, 5000)).toBe(true);
    expect(cluster.node(leader).fatal).toMatchObject([{ name: 'UnusableSnapshot' }]);
    cluster.kill(leader);
    await cluster.activeWithin(10_000);
    await cluster.everywhere('last', 10_000);
    await cluster.run(leader, 'voter');
    await cluster.commit('and on');
    await cluster.everywhere('and on', 10_000);
    expect(cluster.node(leader).driver.health()).toBe(true);
  });

  it('is removed where an older one and the log say the same', async () => {
    const cluster = await behind([1, 2, 3], 3);
    const leader = cluster.active()?.nodeId ?? 0;
    await cluster.snapshot(leader);
    const before = cluster.snapshotFiles(leader);
    rot(cluster, leader);
    await cluster.run(3, 'voter');
    await cluster.everywhere('last', 10_000);
    expect(cluster.node(leader).fatal).toEqual([]);
    expect(cluster.snapshotFiles(leader)).toEqual(before.slice(0, -1));
  });

  it('stops nobody who has nobody to fetch it from, and is not asked for without pause', async () => {
    const refusals: string[] = [];
    const cluster = await behind([1], 101, recordingLogger(refusals));
    rot(cluster, 1);
    const { time } = cluster;
    await cluster.startObserver(101, [1]);
    await time.advance(10_000);
    expect(refusals.length).toBeGreaterThan(1);
    expect(refusals.length).toBeLessThan(20);
    const { epoch } = cluster.active() ?? { epoch: 0 };
    cluster.node(1).driver.append(epoch, [Buffer.from('goes on')]);
    await time.advance(1000);
    await cluster.snapshot(1);
    await cluster.everywhere('goes on', 10_000);
    expect(cluster.node(1).fatal).toEqual([]);
  });
});
