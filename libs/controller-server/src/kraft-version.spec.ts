import { updateFeaturesRpc } from '@milena/cluster-protocol';
import type { FeatureUpdate } from '@milena/controller';
import { encodeMetadataRecord } from '@milena/metadata';
import { failure } from '@milena/model';
import { TestCluster } from './testing/test-cluster';

const KRAFT = 'kraft.version';
const ELR = 'eligible.leader.replicas.version';

/** A quorum of static voters, led by 101. */
async function staticQuorum(): Promise<TestCluster> {
  const cluster = new TestCluster();
  cluster.quorum.kraftVersion = 0;
  cluster.quorum.elect(101);
  await cluster.time.advance(10);
  return cluster;
}

function raise(cluster: TestCluster, more: readonly FeatureUpdate[] = [], validateOnly = false) {
  const updates = [{ name: KRAFT, level: 1, upgradeType: 'UPGRADE' as const }, ...more];
  return cluster.call(101, updateFeaturesRpc, { principal: 'User:alice', updates, validateOnly, timeoutMs: 1000 });
}

const levelOf = (cluster: TestCluster, nodeId: number) =>
  cluster.controller(nodeId).committedImage().featureLevel(KRAFT);

describe('kraft.version', () => {
  it('is that of the quorum, also where the metadata of an older program say otherwise', async () => {
    const cluster = await staticQuorum();
    expect(levelOf(cluster, 102)).toBe(0);
    cluster.quorum.append(1, [encodeMetadataRecord({ type: 'FeatureLevelRecord', name: KRAFT, featureLevel: 1 })]);
    cluster.quorum.elect(102);
    await cluster.time.advance(10);
    expect(levelOf(cluster, 101)).toBe(0);
  });

  it('is raised in the quorum, and then shown to everybody', async () => {
    const cluster = await staticQuorum();
    expect(await raise(cluster, [], true)).toMatchObject({ response: { result: { ok: true } } });
    expect(cluster.quorum.kraftVersion).toBe(0);
    const raised = await raise(cluster);
    expect(raised).toMatchObject({ response: { result: { ok: true } } });
    expect(cluster.quorum.kraftVersion).toBe(1);
    expect(levelOf(cluster, 102)).toBe(1);
    expect(await raise(cluster)).toMatchObject({ response: { result: { ok: true } } });
  });

  it('stays when the quorum refuses, and whoever asked hears why', async () => {
    const cluster = await staticQuorum();
    cluster.quorum.kraftRefusal = failure('FEATURE_UPDATE_FAILED', 'voter 3 has not told').error;
    expect(await raise(cluster)).toMatchObject({
      response: { result: { error: { code: 'FEATURE_UPDATE_FAILED', message: expect.stringContaining('voter 3') } } },
    });
    expect(levelOf(cluster, 101)).toBe(0);
    cluster.quorum.kraftRefusal = failure('REQUEST_TIMED_OUT', 'not yet').error;
    expect(await raise(cluster)).toMatchObject({ failed: 'REQUEST_TIMED_OUT' });
  });

  it('stays when another feature of the same request is refused', async () => {
    const cluster = await staticQuorum();
    const refused = await raise(cluster, [{ name: ELR, level: 9, upgradeType: 'UPGRADE' }]);
    expect(refused).toMatchObject({ response: { result: { error: { code: 'INVALID_UPDATE_VERSION' } } } });
    expect(cluster.quorum.kraftVersion).toBe(0);
  });

  it('is shown by the next controller when the one that raised it died before', async () => {
    const cluster = await staticQuorum();
    cluster.quorum.kraftVersion = 1;
    cluster.quorum.elect(102);
    await cluster.time.advance(10);
    expect(levelOf(cluster, 101)).toBe(1);
  });
});
