import { raftFetchRpc } from '@milena/cluster-protocol';
import { ZERO_OFFSET } from '@milena/model';
import type { FetchRequest } from '@milena/raft';
import { CLUSTER_ID, DriverCluster } from './testing/driver-cluster';

function fetchOf(replicaId: number): Uint8Array {
  const request: FetchRequest = {
    type: 'fetch',
    clusterId: CLUSTER_ID,
    replica: { id: replicaId },
    epoch: 0,
    fetchOffset: ZERO_OFFSET,
    lastFetchedEpoch: 0,
    maxWaitMs: 0,
  };
  return raftFetchRpc.encodeRequest(request);
}

/** A leader, and a fetch stream to it that a test writes itself. */
async function openStream() {
  const cluster = await DriverCluster.start({ voters: [1] });
  await cluster.activeWithin(100);
  const endpoint = cluster.node(1).driver.leader().endpoint!;
  const channel = cluster.network.join('stranger').connector.connect(endpoint, 'raft');
  const seen: string[] = [];
  const stream = channel.openStream(raftFetchRpc.method, {
    onMessage: (bytes) => void seen.push(raftFetchRpc.decodeResponse(bytes).error),
    onClosed: () => void seen.push('closed'),
  });
  return { cluster, stream, seen };
}

describe('a fetch stream', () => {
  it('answers one fetch after the other of one replica', async () => {
    const { cluster, stream, seen } = await openStream();
    for (let round = 0; round < 2; round++) {
      stream.send(fetchOf(10));
      await cluster.time.advance(10);
    }
    expect(seen).toEqual(['FENCED_LEADER_EPOCH', 'FENCED_LEADER_EPOCH']);
  });

  it('belongs to one replica: a fetch in the name of another breaks it', async () => {
    const { cluster, stream, seen } = await openStream();
    for (const replicaId of [10, 11]) {
      stream.send(fetchOf(replicaId));
      await cluster.time.advance(10);
    }
    expect(seen).toEqual(['FENCED_LEADER_EPOCH', 'closed']);
    await cluster.time.advance(10);
    expect(cluster.node(1).listener.lost.map(({ replicaId }) => replicaId)).toEqual([10]);
  });
});
