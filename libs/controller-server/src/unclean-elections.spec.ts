import { createTopicsRpc, electLeadersRpc } from '@milena/cluster-protocol';
import { SESSION_TIMEOUT_MS, TestCluster, topicRequest } from './testing/test-cluster';

const UNCLEAN = 'kafka_controller_controllerstats_uncleanleaderelections_total';

/** Controller 101 leads; `orders` has replicas on brokers 1 and 2, is led by broker 1, and has this to say of elections. */
async function orders(uncleanElections: 'true' | 'false'): Promise<TestCluster> {
  const cluster = new TestCluster();
  cluster.quorum.elect(101);
  await cluster.time.advance(10);
  for (const brokerId of [1, 2]) await cluster.startBroker(101, brokerId);
  const request = topicRequest('orders');
  const configs = [{ name: 'unclean.leader.election.enable', value: uncleanElections }];
  const assignments = [{ partition: 0, brokerIds: [1, 2] }];
  const topics = [{ ...request.topics[0]!, partitions: -1, replicationFactor: -1, assignments, configs }];
  await cluster.call(101, createTopicsRpc, { ...request, topics });
  return cluster;
}

/** Broker 2 leaves the ISR and comes back without having caught up. */
async function losesSync(cluster: TestCluster): Promise<void> {
  await cluster.heartbeat(101, 2, { wantFence: true });
  await cluster.heartbeat(101, 2);
}

async function dies(cluster: TestCluster, brokerId: number): Promise<void> {
  cluster.brokers.get(brokerId)!.process.crash();
  cluster.quorum.lose(brokerId, 'reset');
  await cluster.time.advance(100);
}

function leaderOf(cluster: TestCluster): number | undefined {
  return cluster.controller(101).committedImage().topicByName('orders')?.partition(0)?.leader;
}

function electUncleanly(cluster: TestCluster, validateOnly: boolean) {
  const topics = [{ name: 'orders', partitions: [0] }];
  const request = { principal: 'User:alice', electionType: 'UNCLEAN', topics, validateOnly, timeoutMs: 1000 } as const;
  return cluster.call(101, electLeadersRpc, request);
}

/** What the two controllers count, and what was logged of it. */
function told(cluster: TestCluster) {
  const lines = cluster.logger.lines.filter(({ message }) => message.startsWith('elected leaders out of sync'));
  return { totals: [101, 102].map((id) => cluster.total(id, UNCLEAN)), lines };
}

const ONCE = {
  totals: [1, 0],
  lines: [{ level: 'warn', facts: { elections: 1, partitions: ['orders-0 to 2'] } }],
};

describe('an unclean election', () => {
  it('is counted and logged once, by the controller that decided it', async () => {
    const cluster = await orders('true');
    await losesSync(cluster);
    expect(told(cluster)).toEqual({ totals: [0, 0], lines: [] });
    await dies(cluster, 1);
    expect(leaderOf(cluster)).toBe(2);
    expect(told(cluster)).toMatchObject(ONCE);
  });

  it('is counted when the log takes it, however often it was refused before', async () => {
    const cluster = await orders('true');
    await losesSync(cluster);
    cluster.quorum.isFull = true;
    await dies(cluster, 1);
    await cluster.time.advance(SESSION_TIMEOUT_MS);
    expect(told(cluster)).toEqual({ totals: [0, 0], lines: [] });
    cluster.quorum.isFull = false;
    await cluster.heartbeat(101, 2);
    await cluster.time.advance(1000);
    expect(leaderOf(cluster)).toBe(2);
    expect(told(cluster)).toMatchObject(ONCE);
  });

  it('is not counted again by a clean election of the recovering partition, nor by the next controller', async () => {
    const cluster = await orders('true');
    await losesSync(cluster);
    await dies(cluster, 1);
    await cluster.heartbeat(101, 2, { wantFence: true });
    expect(leaderOf(cluster)).toBe(-1);
    await cluster.heartbeat(101, 2);
    cluster.quorum.elect(102);
    await cluster.time.advance(100);
    expect(leaderOf(cluster)).toBe(2);
    expect(told(cluster)).toMatchObject(ONCE);
  });

  it('is counted when an operator demands it, and not when he only asks whether it could be held', async () => {
    const cluster = await orders('false');
    await losesSync(cluster);
    await dies(cluster, 1);
    expect(leaderOf(cluster)).toBe(-1);
    await electUncleanly(cluster, true);
    expect(told(cluster)).toEqual({ totals: [0, 0], lines: [] });
    await electUncleanly(cluster, false);
    expect(leaderOf(cluster)).toBe(2);
    expect(told(cluster)).toMatchObject(ONCE);
  });
});

test('a clean election is neither counted nor logged, also where unclean ones are allowed', async () => {
  const cluster = await orders('true');
  await dies(cluster, 1);
  expect(leaderOf(cluster)).toBe(2);
  expect(told(cluster)).toEqual({ totals: [0, 0], lines: [] });
});
