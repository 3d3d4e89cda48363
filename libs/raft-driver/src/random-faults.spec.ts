import { createSeededRandom, type SeededRandom } from '@milena/platform/testing';
import { DriverCluster, type RecordingListener } from './testing/driver-cluster';

const VOTERS = [1, 2, 3];
const OBSERVER = 10;

/** What a run has seen, over the lives of all processes. */
class History {
  readonly listeners: RecordingListener[] = [];
  readonly leaderOf = new Map<string, number>();

  constructor(readonly cluster: DriverCluster) {}

  /** Takes in processes started since, and checks that no epoch has two active controllers. */
  observe(): void {
    for (const [nodeId, { listener, fatal }] of this.cluster.running) {
      expect(fatal).toEqual([]);
      if (!this.listeners.includes(listener)) this.listeners.push(listener);
      for (const event of listener.events) {
        if (!event.startsWith('leader ')) continue;
        expect(this.leaderOf.get(event) ?? nodeId).toBe(nodeId);
        this.leaderOf.set(event, nodeId);
      }
    }
  }

  /** Whatever any process was ever told is a prefix of what the longest was told: nothing committed changed or vanished. */
  checkPrefixes(): void {
    const longest = this.listeners.reduce<readonly string[]>(
      (most, { values }) => (values.length > most.length ? values : most),
      [],
    );
    for (const { values } of this.listeners) expect(values).toEqual(longest.slice(0, values.length));
  }
}

function disturb(cluster: DriverCluster, random: SeededRandom): Promise<unknown> {
  const nodeId = [...VOTERS, OBSERVER][random.below(4)] ?? OBSERVER;
  const host = `node-${nodeId}`;
  const peer = `node-${VOTERS[random.below(3)]}`;
  switch (random.below(8)) {
    case 0:
    case 1:
      if (cluster.running.has(nodeId)) {
        cluster.kill(nodeId, (['keep', 'tear', 'lose-unsynced'] as const)[random.below(3)] ?? 'keep');
      }
      return Promise.resolve();
    case 2:
      if (cluster.running.has(nodeId)) return cluster.stop(nodeId);
      return Promise.resolve();
    case 3:
      cluster.network.block(host, peer);
      return Promise.resolve();
    case 4:
      cluster.network.resetConnections(host, peer);
      return Promise.resolve();
    case 5:
      for (const each of VOTERS) if (cluster.running.has(each)) cluster.kill(each, 'lose-unsynced');
      return restartAll(cluster);
    case 6:
      cluster.network.setLossRate(random.chance(0.5) ? 0.05 : 0);
      return Promise.resolve();
    default:
      cluster.network.healAll();
      return restartAll(cluster);
  }
}

async function restartAll(cluster: DriverCluster): Promise<void> {
  for (const nodeId of VOTERS) if (!cluster.running.has(nodeId)) await cluster.run(nodeId, 'voter');
  if (!cluster.running.has(OBSERVER)) await cluster.run(OBSERVER, 'observer', VOTERS);
}

it.each(Array.from({ length: 8 }, (_, index) => index + 1))(
  'loses, changes and reorders nothing committed while nodes die and links break, seed %i',
  async (seed) => {
    const random = createSeededRandom(seed);
    const cluster = await DriverCluster.start({ voters: VOTERS, seed, segmentBytes: 1024 });
    await cluster.startObserver(OBSERVER);
    const history = new History(cluster);
    for (let round = 0; round < 35; round++) {
      history.observe();
      const active = cluster.active();
      if (active !== undefined) {
        cluster.node(active.nodeId).driver.append(active.epoch, [Buffer.from(`${seed}/${round}`)]);
      }
      // Short pauses end inside a write or flush, long ones after an election.
      await cluster.time.advance(random.chance(0.6) ? random.fraction() * 8 : random.below(400));
      history.observe();
      await disturb(cluster, random);
    }
    cluster.network.healAll();
    cluster.network.setLossRate(0);
    await restartAll(cluster);
    history.observe();
    // A leader that was cut off a moment ago may still be about to resign.
    await cluster.time.advance(8000);
    await cluster.activeWithin(2000);
    await cluster.commit('last', 2000);
    history.observe();
    history.checkPrefixes();
  },
);
