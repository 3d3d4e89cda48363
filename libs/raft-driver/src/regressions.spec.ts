import { DriverCluster, RecordingListener } from './testing/driver-cluster';
import type { CommittedBatch } from './metadata-log';

/*
 * Bugs that Kafka had, as far as the driver keeps them out and no other spec tells it better; all of them are listed in
 * libs/raft/testdata/README.md.
 */

const values = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index} ${'.'.repeat(60)}`);

describe('KAFKA-14238: nothing but snapshots cleans the metadata log', () => {
  const wanting = {
    voters: [1],
    segmentBytes: 256,
    logRetention: { retentionMs: 1, retentionBytes: 1 },
    retention: { ms: 1, bytes: 1 },
  };

  it('whatever the retention says, it starts at 0 while there is no snapshot', async () => {
    const cluster = await DriverCluster.start(wanting);
    const all = values(20, 'v');
    for (const value of all) await cluster.commit(value);
    await cluster.time.advance(600_000);
    await cluster.stop(1);
    await cluster.run(1, 'voter');
    await cluster.everywhere(all.at(-1) ?? '');
    expect(cluster.node(1).listener.values).toEqual(all);
    expect(cluster.node(1).listener.events[0]).toBe(`committed ${all[0]}`);
  });

  it('and afterwards never behind the newest one', async () => {
    const cluster = await DriverCluster.start(wanting);
    for (const value of values(10, 'before')) await cluster.commit(value);
    const { id } = await cluster.snapshot(1);
    const after = values(10, 'after');
    for (const value of after) await cluster.commit(value);
    await cluster.time.advance(600_000);
    await cluster.stop(1);
    await cluster.run(1, 'voter');
    await cluster.everywhere(after.at(-1) ?? '');
    const { events } = cluster.node(1).listener;
    expect(events.slice(0, 2)).toEqual([`snapshot ${id.offset}-${id.epoch}`, `committed ${after[0]}`]);
  });
});

describe('KAFKA-20726: buffers that were handed out are not used again', () => {
  /** Keeps what it was given, and beside it a copy of how that looked then. */
  class Keeper extends RecordingListener {
    readonly copies: (readonly string[])[] = [];

    override onCommitted(batch: CommittedBatch): void {
      super.onCommitted(batch);
      this.copies.push(batch.records.map((record) => record.toString('hex')));
    }
  }

  it('what a listener was given looks the same for ever, on leader and follower, over rolls, snapshots and restarts', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3], segmentBytes: 512, retention: { bytes: 1 } });
    const keepers = [1, 2, 3].map((nodeId) => {
      const keeper = new Keeper();
      cluster.node(nodeId).driver.subscribe(keeper);
      return keeper;
    });
    for (const value of values(10, 'early')) await cluster.commit(value);
    await cluster.startObserver(101);
    for (const nodeId of [1, 2, 3]) await cluster.snapshot(nodeId);
    for (const value of values(40, 'late')) await cluster.commit(value);
    await cluster.time.advance(61_000);
    await cluster.commit('last');
    for (const { batches, copies } of keepers) {
      expect(copies).toHaveLength(51);
      expect(batches.map(({ records }) => records.map((record) => record.toString('hex')))).toEqual(copies);
    }
  });

  it('what was appended is what the caller gave at that moment', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const { nodeId, epoch } = await cluster.activeWithin(5000);
    const record = Buffer.from('as it was');
    expect(cluster.node(nodeId).driver.append(epoch, [record])).toMatchObject({ ok: true });
    record.fill('x');
    await cluster.everywhere('as it was');
  });
});
