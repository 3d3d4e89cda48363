import type { CommittedLeaderChange, MetadataLogListener } from './metadata-log';
import type { RaftDriver } from './raft-driver';
import { DriverCluster } from './testing/driver-cluster';

/** Writes down batches and changes of leader as one story. */
function storyOf(driver: RaftDriver): readonly (string | CommittedLeaderChange)[] {
  const story: (string | CommittedLeaderChange)[] = [];
  const listener: MetadataLogListener = {
    onSnapshot: ({ id }) => void story.push(`snapshot ${id.offset}-${id.epoch}`),
    onCommitted: ({ records }) => void story.push(...records.map(String)),
    onCommittedLeaderChange: (change) => void story.push(change),
    onLeader() {},
    onLeaderChange() {},
    onResigned() {},
  };
  driver.subscribe(listener);
  return story;
}

describe('committed changes of leader', () => {
  it('are told in their place among the batches, equally by every node, a restarted one too', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const first = await cluster.activeWithin(1000);
    await cluster.commit('a');
    const { driver: early } = await cluster.startObserver(10);
    const stories = [storyOf(early)];
    cluster.kill(first.nodeId);
    const second = await cluster.activeWithin(5000, first);
    await cluster.commit('b');
    await cluster.stop(10);
    const { driver: late } = await cluster.run(10, 'observer', [1, 2, 3]);
    stories.push(storyOf(late), storyOf(cluster.node(second.nodeId).driver));
    await cluster.commit('c');
    await cluster.time.advance(100);
    const [, whole] = stories;
    expect(whole).toMatchObject([
      { leaderId: first.nodeId, epoch: first.epoch },
      'a',
      { leaderId: second.nodeId, epoch: second.epoch },
      'b',
      'c',
    ]);
    expect(stories[0]).toEqual(whole?.slice(0, -1));
    expect(stories[2]).toEqual(whole);
  });

  it('include the leader of the epoch in which a loaded snapshot ends', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const first = await cluster.activeWithin(1000);
    await cluster.commit('a');
    await cluster.startObserver(10);
    await cluster.commit('b');
    const { id } = await cluster.snapshot(10);
    await cluster.stop(10);
    const { driver } = await cluster.run(10, 'observer', [1, 2, 3]);
    const story = storyOf(driver);
    await cluster.commit('c');
    cluster.kill(first.nodeId);
    const second = await cluster.activeWithin(5000, first);
    await cluster.commit('d');
    expect(story).toMatchObject([
      `snapshot ${id.offset}-${id.epoch}`,
      { leaderId: first.nodeId, epoch: first.epoch, offset: id.offset - 1 },
      'c',
      { leaderId: second.nodeId, epoch: second.epoch },
      'd',
    ]);
  });

  it('stand at the last offset of the batch that also holds the voters', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(1000);
    const story = storyOf(cluster.node(1).driver);
    await cluster.commit('a');
    const [change] = story;
    const [batch] = cluster.node(1).listener.batches;
    expect(change).toMatchObject({ leaderId: 1, offset: (batch?.baseOffset ?? 0) - 1 });
  });
});

describe('what was delivered', () => {
  it("is told up to the high watermark, although control batches are nobody's", async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    await cluster.activeWithin(1000);
    const { driver } = await cluster.startObserver(10);
    const ends: number[] = [];
    driver.subscribe({
      onSnapshot() {},
      onCommitted() {},
      onDelivered: (end) => void ends.push(end),
      onLeader() {},
      onLeaderChange() {},
      onResigned() {},
    });
    await cluster.time.advance(100);
    expect(ends.at(-1)).toBe(driver.highWatermark());
    await cluster.commit('a');
    await cluster.time.advance(10);
    expect(ends.at(-1)).toBe(driver.highWatermark());
    expect(ends).toEqual(ends.toSorted((left, right) => left - right));
  });
});
