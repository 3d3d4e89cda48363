import { raftFetchRpc, readIndexRpc } from '@milena/cluster-protocol';
import { ZERO_OFFSET } from '@milena/model';
import type { FetchRequest } from '@milena/raft';
import { CLUSTER_ID, DriverCluster, endpointOf } from './testing/driver-cluster';

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

describe('a reader', () => {
  const ask = async (cluster: DriverCluster, nodeId: number) => {
    const channel = cluster.network.join('reader').connector.connect(endpointOf(nodeId), 'raft');
    const request = readIndexRpc.encodeRequest({ type: 'readIndex', clusterId: CLUSTER_ID, timeoutMs: 500 });
    const answer = await cluster.time.resolve(channel.unary(readIndexRpc.method, request, { timeoutMs: 1000 }), 1000);
    channel.close();
    if (!answer.ok) return answer.error.reason;
    const { error, readIndex } = readIndexRpc.decodeResponse(answer.value);
    return readIndex ?? error;
  };

  it('is told how far to read by a leader of which a majority confirms that it leads, and by nobody else', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const { nodeId } = await cluster.activeWithin(2000);
    await cluster.commit('a');
    const [near = 0, far = 0] = [1, 2, 3].filter((id) => id !== nodeId);
    expect(await ask(cluster, nodeId)).toBe(cluster.node(nodeId).driver.highWatermark());
    expect(await ask(cluster, near)).toBe('NOT_LEADER_OR_FOLLOWER');
    cluster.kill(near);
    expect(await ask(cluster, nodeId)).toBe(cluster.node(nodeId).driver.highWatermark());
    cluster.kill(far);
    expect(await ask(cluster, nodeId)).toBe('REQUEST_TIMED_OUT');
  });
});
