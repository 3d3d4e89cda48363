import { DriverCluster } from './testing/driver-cluster';

const METADATA_FOLDER = '/data/__cluster_metadata-0';
const bytes = (value: string): Buffer => Buffer.from(value);

describe('start and stop', () => {
  it('refuses a folder that another process uses, naming it', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await expect(cluster.run(1, 'observer')).rejects.toThrow(/log folder \/data is in use by this process/);
  });

  it('refuses to start on a quorum state it cannot read', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    cluster.kill(1);
    const file = cluster.disk(1).open(`${METADATA_FOLDER}/quorum-state`);
    file.pwrite(bytes('{"data_version":9}'), 0);
    await expect(cluster.run(1, 'voter')).rejects.toThrow(/quorum-state/);
  });

  it('stops a lone controller at once and starts it again on its log', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    await cluster.commit('a');
    const begun = cluster.time.nowMs();
    await cluster.stop(1);
    expect(cluster.time.nowMs() - begun).toBeLessThan(100);
    await cluster.run(1, 'voter');
    await cluster.everywhere('a', 100);
  });

  it('stops within its bound when nobody can take over', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const { nodeId } = await cluster.activeWithin(1000);
    for (const id of [1, 2, 3]) if (id !== nodeId) cluster.kill(id);
    const begun = cluster.time.nowMs();
    await cluster.stop(nodeId);
    expect(cluster.time.nowMs() - begun).toBeLessThan(4000);
  });
});
