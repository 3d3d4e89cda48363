import { batchesOf } from '@milena/record-batch';
import { metadataFolder } from './format-storage';
import { DriverCluster } from './testing/driver-cluster';

const FOLDER = metadataFolder('/data');
const VALUES = ['a', 'b', 'c', 'd', 'e', 'f'];

async function committed(segmentBytes = 256): Promise<{ readonly cluster: DriverCluster; readonly leader: number }> {
  const cluster = await DriverCluster.start({ voters: [1, 2, 3], segmentBytes });
  await cluster.activeWithin(5000);
  for (const value of VALUES) await cluster.commit(value);
  await cluster.time.advance(1000);
  return { cluster, leader: cluster.active()?.nodeId ?? 0 };
}

/** Flips bits of the last batch but `before` in a node's log, so far behind the batch's beginning. */
function rot(cluster: DriverCluster, nodeId: number, { before = 0, byte = 0, mask = 0x40 }): void {
  const disk = cluster.disk(nodeId);
  const batches = disk
    .list(FOLDER)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => {
      const path = `${FOLDER}/${name}`;
      let end = 0;
      return [...batchesOf(disk.readDurable(path) ?? Buffer.alloc(0))].map(({ header }) => {
        end += header.sizeInBytes;
        return { path, position: end - header.sizeInBytes };
      });
    });
  const batch = batches.at(-1 - before);
  if (batch !== undefined) disk.flipBits(batch.path, batch.position + byte, mask);
}

/** Base offset, length and epoch are not covered by a batch's CRC. */
const HEADER_BYTES = Array.from({ length: 22 }, (_, byte) => byte);

describe('a committed batch that rots under a running leader', () => {
  it.each(HEADER_BYTES.flatMap((byte) => [0x01, 0x40].map((mask) => ({ byte, mask }))))(
    'is sent to nobody: byte $byte, mask $mask. The leader ends, and fetches it again',
    async (where) => {
      const { cluster, leader } = await committed();
      rot(cluster, leader, { before: 2, ...where });
      await cluster.run(101, 'observer', [leader]);
      expect(await cluster.time.runUntil(() => cluster.node(leader).fatal.length > 0, 5000)).toBe(true);
      expect(cluster.node(leader).fatal).toMatchObject([
        { name: 'UnusableMetadataLog', path: FOLDER, message: expect.stringContaining('is damaged') },
      ]);
      cluster.kill(leader);
      await cluster.activeWithin(10_000);
      await cluster.run(leader, 'voter');
      await cluster.commit('g');
      expect(cluster.node(leader).listener.values).toEqual([...VALUES, 'g']);
    },
  );

  it.each([0, 16, 30])('stands for no snapshot: byte %i of the last batch before it', async (byte) => {
    const { cluster, leader } = await committed();
    rot(cluster, leader, { byte });
    expect((await cluster.snapshot(leader)).outcome).toMatchObject({ error: { code: 'KAFKA_STORAGE_ERROR' } });
    expect(cluster.node(leader).fatal).toMatchObject([{ name: 'UnusableMetadataLog' }]);
    expect(cluster.snapshotFiles(leader)).toEqual([]);
  });
});
