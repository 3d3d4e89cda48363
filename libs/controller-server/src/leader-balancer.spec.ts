import { alterPartitionRpc, createTopicsRpc } from '@milena/cluster-protocol';
import { TestCluster, topicRequest } from './testing/test-cluster';

const PERIOD_MS = 60_000;
const PARTITIONS = 4;

/** Controller 101 looks every minute for brokers that lead less than three quarters of what they should. */
async function cluster(config: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
  const made = new TestCluster([101, 102], {
    'leader.imbalance.check.interval.seconds': String(PERIOD_MS / 1000),
    'leader.imbalance.per.broker.percentage': '25',
    // Nobody beats while minutes pass.
    'broker.session.timeout.ms': '3600000',
    ...config,
  });
  made.quorum.elect(101);
  await made.time.advance(10);
  for (const brokerId of [1, 2]) await made.startBroker(101, brokerId);
  return made;
}

async function createPartitions(of: TestCluster, name: string, count: number): Promise<void> {
  if (count === 0) return;
  const request = topicRequest(name);
  const assignments = Array.from({ length: count }, (_, partition) => ({ partition, brokerIds: [1, 2] }));
  const topics = [{ ...request.topics[0]!, partitions: -1, replicationFactor: -1, assignments }];
  await of.call(101, createTopicsRpc, { ...request, topics });
}

/** Of four partitions that prefer broker 1, broker 2 comes to lead so many; broker 1 is back in sync everywhere. */
async function misplace(of: TestCluster, count: number): Promise<void> {
  await createPartitions(of, 'moved', count);
  await loseLeaderships(of);
  await createPartitions(of, 'kept', PARTITIONS - count);
}

async function loseLeaderships(of: TestCluster): Promise<void> {
  await of.heartbeat(101, 1, { wantFence: true });
  await of.heartbeat(101, 1);
  const topic = of.controller(101).committedImage().topicByName('moved')!;
  const [one, two] = [1, 2].map((brokerId) => ({ brokerId, brokerEpoch: of.brokers.get(brokerId)!.epoch }));
  const partitions = [...topic.partitions()].map(({ leaderEpoch, partitionEpoch }, partition) => ({
    partition,
    leaderEpoch,
    partitionEpoch,
    newIsr: [one!, two!],
    leaderRecoveryState: 'RECOVERED' as const,
    minInsyncReplicas: 1,
  }));
  const topics = [{ topicId: topic.id, partitions }];
  await of.call(101, alterPartitionRpc, { principal: 'User:broker', ...two!, topics });
}

/** How many partitions each of the two brokers leads. */
function led(of: TestCluster): readonly number[] {
  const image = of.controller(102).committedImage();
  return [1, 2].map((brokerId) => [...image.hostedPartitions(brokerId, 'leader')].length);
}

describe('the leader balancer', () => {
  it('gives leaderships back when its period is over, not before', async () => {
    const made = await cluster();
    await misplace(made, 2);
    await made.time.advance(PERIOD_MS - made.time.nowMs() - 1);
    expect(led(made)).toEqual([2, 2]);
    await made.time.advance(100);
    expect(led(made)).toEqual([4, 0]);
    expect(made.logger.lines).toContainEqual(
      expect.objectContaining({ message: 'gave leaderships back', facts: { elections: 2 } }),
    );
  });

  it('goes on looking, a period after each look', async () => {
    const made = await cluster();
    await misplace(made, 4);
    await made.time.advance(PERIOD_MS);
    expect(led(made)).toEqual([4, 0]);
    await loseLeaderships(made);
    expect(led(made)).toEqual([0, 4]);
    await made.time.advance(PERIOD_MS);
    expect(led(made)).toEqual([4, 0]);
  });

  it('leaves an imbalance alone that does not exceed the percentage', async () => {
    const made = await cluster();
    await misplace(made, 1);
    await made.time.advance(3 * PERIOD_MS);
    expect(led(made)).toEqual([3, 1]);
  });

  it('does nothing when it is switched off', async () => {
    const made = await cluster({ 'auto.leader.rebalance.enable': 'false' });
    await misplace(made, 4);
    await made.time.advance(3 * PERIOD_MS);
    expect(led(made)).toEqual([0, 4]);
  });

  it('begins its period anew on the controller that takes over', async () => {
    const made = await cluster();
    await misplace(made, 4);
    await made.time.advance(PERIOD_MS / 2);
    made.quorum.elect(102);
    await made.time.advance(PERIOD_MS - 100);
    expect(led(made)).toEqual([0, 4]);
    await made.time.advance(200);
    expect(led(made)).toEqual([4, 0]);
  });
});
