import { noMeter } from '@milena/platform';
import { committing, GroupScene, joining, pending, STORE_FOLDER } from './testing/group-scene';
import { OFFSETS_TOPIC } from './offsets-topic';

const GROUP = { groupId: 'g' };

/** Three brokers with a coordinator. */
async function threeBrokers(options: ConstructorParameters<typeof GroupScene>[0] = {}): Promise<GroupScene> {
  const scene = new GroupScene(options);
  await scene.startGroups(1, 2, 3);
  return scene;
}

/** A broker that follows the coordinator. */
function other(scene: GroupScene): number {
  return [1, 2, 3].find((id) => id !== scene.coordinatorId) ?? 0;
}

describe('looking for a coordinator', () => {
  test('creates the topic on first use, once for all who look, as it is configured', async () => {
    const scene = new GroupScene({ config: { 'offsets.topic.num.partitions': '5' } });
    await scene.start(1, 2);
    const looking = [scene.groups(1).locate('g'), scene.groups(1).locate('h'), scene.groups(2).locate('g')] as const;
    const [first, second] = await scene.time.resolve(Promise.all(looking));
    expect([first.ok, second.ok]).toEqual([true, true]);
    await scene.time.advance(10);
    expect((await scene.time.resolve(scene.groups(2).locate('g'))).ok).toBe(true);
    const topic = scene.log.image.topicByName(OFFSETS_TOPIC);
    expect(topic?.partitionCount).toBe(5);
    expect(topic?.partition(0)?.replicas).toHaveLength(2);
    const config = scene.log.image.config({ type: 'TOPIC', name: OFFSETS_TOPIC });
    expect(Object.fromEntries(config)).toMatchObject({ 'cleanup.policy': 'compact', 'segment.bytes': '104857600' });
  });

  test('fails while no controller answers, and all else is told that there is none', async () => {
    const scene = new GroupScene();
    await scene.start(1);
    scene.controller.isDown = true;
    const located = await scene.time.resolve(scene.groups(1).locate('g'), 60_000);
    expect(located).toMatchObject({ ok: false, error: { code: 'COORDINATOR_NOT_AVAILABLE' } });
    expect(await scene.commit(1, { ...GROUP, offset: 1 })).toBe('COORDINATOR_NOT_AVAILABLE');
  });

  test('is answered by everybody, but only the leader coordinates', async () => {
    const scene = await threeBrokers();
    const located = await scene.time.resolve(scene.groups(other(scene)).locate('g'));
    expect(located).toEqual({ ok: true, value: { nodeId: scene.coordinatorId } });
    expect(await scene.commit(other(scene), { ...GROUP, offset: 1 })).toBe('NOT_COORDINATOR');
  });
});

describe('a coordinator', () => {
  test('answers a commit when every in-sync replica has it', async () => {
    const scene = await threeBrokers();
    const id = scene.coordinatorId;
    for (const follower of [1, 2, 3]) if (follower !== id) scene.network.block(`host${follower}`, `host${id}`);
    const answer = pending(scene.groups(id).commitOffsets(committing({ ...GROUP, offset: 5 })));
    await scene.time.advance(1000);
    expect(answer.value).toBeUndefined();
    expect(await scene.committed(id, 'g')).toBe(-1);
    scene.network.healAll();
    await scene.time.runUntil(() => answer.value !== undefined, 60_000);
    expect(answer.value?.topics[0]?.partitions[0]?.error).toBe('NONE');
    expect(await scene.committed(id, 'g')).toBe(5);
  });

  test('gives up waiting after offsets.commit.timeout.ms, with an error that clients retry', async () => {
    const scene = await threeBrokers();
    const id = scene.coordinatorId;
    for (const follower of [1, 2, 3]) if (follower !== id) scene.network.block(`host${follower}`, `host${id}`);
    const startedMs = scene.time.nowMs();
    expect(await scene.commit(id, { ...GROUP, offset: 5 })).toBe('COORDINATOR_NOT_AVAILABLE');
    expect(scene.time.nowMs() - startedMs).toBeGreaterThanOrEqual(5000);
  });

  test('alone in its cluster answers at once', async () => {
    const scene = new GroupScene();
    await scene.startGroups(1);
    await scene.joinAlone(1, 'g');
    expect(await scene.commit(1, { groupId: 'simple', offset: 7 })).toBe('NONE');
    expect(await scene.committed(1, 'simple')).toBe(7);
  });

  test('notices a member that says nothing any more', async () => {
    const scene = await threeBrokers();
    const id = scene.coordinatorId;
    await scene.joinAlone(id, 'g');
    await scene.time.advance(9_900);
    expect(await scene.time.resolve(scene.groups(id).describeGroup('g'))).toMatchObject({ state: 'Stable' });
    await scene.time.advance(200);
    expect(await scene.time.resolve(scene.groups(id).describeGroup('g'))).toMatchObject({
      state: 'Empty',
      members: [],
    });
  });

  test('forgets what was committed for a topic that is deleted', async () => {
    const scene = await threeBrokers();
    scene.createTopic([1]);
    await scene.time.advance(50);
    expect(await scene.commit(scene.coordinatorId, { ...GROUP, offset: 5 })).toBe('NONE');
    const id = scene.log.image.topicByName('events')?.id;
    scene.log.append([{ type: 'RemoveTopicRecord', topicId: id! }]);
    await scene.time.advance(100);
    expect(await scene.committed(scene.coordinatorId, 'g')).toBe(-1);
  });
});

describe('when leadership moves', () => {
  test('offsets and members go along: nobody rebalances, nothing committed is lost', async () => {
    const scene = await threeBrokers();
    const { memberId, generationId } = await scene.joinAlone(scene.coordinatorId, 'g');
    const member = { ...GROUP, memberId, generationId };
    expect(await scene.commit(scene.coordinatorId, { ...member, offset: 5 })).toBe('NONE');
    const before = await scene.told(scene.coordinatorId);
    scene.change({ leader: other(scene) });
    await scene.awaitCoordinator();
    expect(await scene.told(scene.coordinatorId)).toEqual(before);
    const heartbeat = await scene.time.resolve(scene.groups(scene.coordinatorId).heartbeat(member));
    expect(heartbeat.error).toBe('NONE');
    expect(await scene.commit(scene.coordinatorId, { ...member, offset: 6 })).toBe('NONE');
    expect(await scene.committed(scene.coordinatorId, 'g')).toBe(6);
  });

  test('the same after the coordinator was killed', async () => {
    const scene = await threeBrokers();
    const killed = scene.coordinatorId;
    await scene.joinAlone(killed, 'g');
    expect(await scene.commit(killed, { groupId: 'simple', offset: 5 })).toBe('NONE');
    const next = other(scene);
    scene.kill(killed);
    scene.change({ leader: next, isr: [1, 2, 3].filter((id) => id !== killed) });
    await scene.awaitCoordinator();
    expect(await scene.committed(next, 'simple')).toBe(5);
    expect(await scene.time.resolve(scene.groups(next).describeGroup('g'))).toMatchObject({ state: 'Stable' });
  });

  test('everybody who waits at the former coordinator is told to look for the next one, at once', async () => {
    const scene = await threeBrokers();
    const id = scene.coordinatorId;
    const { memberId, generationId } = await scene.joinAlone(id, 'g');
    const second = pending(scene.groups(id).joinGroup(joining('g')));
    for (const follower of [1, 2, 3]) if (follower !== id) scene.network.block(`host${id}`, `host${follower}`);
    const commit = pending(scene.groups(id).commitOffsets(committing({ ...GROUP, memberId, generationId, offset: 9 })));
    await scene.time.advance(10);
    expect([second.value, commit.value]).toEqual([undefined, undefined]);
    scene.change({ leader: other(scene) });
    await scene.time.advance(5);
    expect(second.value?.error).toBe('NOT_COORDINATOR');
    expect(commit.value?.topics[0]?.partitions[0]?.error).toBe('NOT_COORDINATOR');
    scene.network.healAll();
    await scene.awaitCoordinator();
    expect(await scene.committed(scene.coordinatorId, 'g')).toBe(-1);
  });

  test('a coordinator elected again goes on: nobody who waits is sent away, nothing is read again', async () => {
    const scene = await threeBrokers();
    const id = scene.coordinatorId;
    const { memberId, generationId } = await scene.joinAlone(id, 'g');
    const second = pending(scene.groups(id).joinGroup(joining('g')));
    for (const follower of [1, 2, 3]) if (follower !== id) scene.network.block(`host${follower}`, `host${id}`);
    const commit = pending(scene.groups(id).commitOffsets(committing({ ...GROUP, memberId, generationId, offset: 9 })));
    await scene.time.advance(10);
    scene.change({ leader: id });
    await scene.time.advance(5);
    expect(await scene.errorAt(id)).toBe('NONE');
    expect([second.value, commit.value]).toEqual([undefined, undefined]);
    scene.network.healAll();
    await scene.time.runUntil(() => commit.value !== undefined, 60_000);
    expect(commit.value?.topics[0]?.partitions[0]?.error).toBe('NONE');
    const again = pending(scene.groups(id).joinGroup(joining('g', memberId)));
    await scene.time.runUntil(() => second.value !== undefined && again.value !== undefined, 60_000);
    expect([second.value?.error, again.value?.error]).toEqual(['NONE', 'NONE']);
    expect(await scene.commit(id, { ...GROUP, memberId, generationId: generationId + 1, offset: 10 })).toBe(
      'REBALANCE_IN_PROGRESS',
    );
    expect(await scene.committed(id, 'g')).toBe(9);
  });

  test('the next one answers nobody before all it has read is committed', async () => {
    const scene = await threeBrokers();
    expect(await scene.commit(scene.coordinatorId, { ...GROUP, offset: 5 })).toBe('NONE');
    const next = other(scene);
    for (const id of [1, 2, 3]) if (id !== next) scene.network.block(`host${id}`, `host${next}`);
    scene.change({ leader: next });
    await scene.time.advance(50);
    expect(await scene.committed(next, 'g')).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(await scene.commit(next, { ...GROUP, offset: 6 })).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    // Clients do not expect to hear of loading from these two: one tells them to go on, the other to join again.
    const member = { ...GROUP, memberId: 'm', generationId: 1 };
    expect((await scene.groups(next).heartbeat(member)).error).toBe('NONE');
    expect((await scene.groups(next).syncGroup({ ...member, assignments: [] })).error).toBe('REBALANCE_IN_PROGRESS');
    expect(await scene.time.resolve(scene.groups(next).listGroups({ states: [], types: [] }))).toMatchObject({
      error: 'COORDINATOR_LOAD_IN_PROGRESS',
    });
    scene.network.healAll();
    await scene.awaitCoordinator();
    expect(await scene.committed(next, 'g')).toBe(5);
  });
});

describe('the state store', () => {
  /** A coordinator with some history, all of it applied everywhere. */
  async function withHistory(): Promise<GroupScene> {
    const scene = await threeBrokers();
    const id = scene.coordinatorId;
    await scene.joinAlone(id, 'g');
    for (let offset = 1; offset <= 20; offset += 1) await scene.commit(id, { groupId: `simple-${offset % 3}`, offset });
    await scene.time.resolve(scene.groups(id).deleteGroups(['simple-0']));
    await scene.time.advance(2000);
    return scene;
  }

  /** From which offset on the log was read when a broker loaded its groups last. */
  function loadedFrom(scene: GroupScene, id: number): unknown {
    const lines = scene.broker(id).logger.lines.filter(({ message }) => message === 'groups are coordinated here now');
    return lines.at(-1)?.facts.fromStoreUpTo;
  }

  test('saves reading the log, on a follower too', async () => {
    const scene = await withHistory();
    const before = await scene.told(scene.coordinatorId);
    scene.change({ leader: other(scene) });
    await scene.awaitCoordinator();
    expect(await scene.told(scene.coordinatorId)).toEqual(before);
    expect(loadedFrom(scene, scene.coordinatorId)).toBeGreaterThan(20);
  });

  test.each(['kept', 'lost'])('that is %s over a restart leaves the same groups', async (what) => {
    const scene = await withHistory();
    const before = await scene.told(scene.coordinatorId);
    for (const id of [1, 2, 3]) scene.kill(id);
    if (what === 'lost') for (const id of [1, 2, 3]) scene.stateStores(id).lose(STORE_FOLDER);
    await scene.start(1, 2, 3);
    await scene.awaitCoordinator();
    expect(await scene.told(scene.coordinatorId)).toEqual(before);
    const expectation = expect(loadedFrom(scene, scene.coordinatorId));
    if (what === 'lost') expectation.toBe(0);
    else expectation.toBeGreaterThan(20);
  });

  test('that fails costs nothing but time', async () => {
    const scene = await threeBrokers();
    for (const id of [1, 2, 3]) scene.stateStores(id).failWrites();
    expect(await scene.commit(scene.coordinatorId, { ...GROUP, offset: 5 })).toBe('NONE');
    await scene.time.advance(2000);
    scene.change({ leader: other(scene) });
    await scene.awaitCoordinator();
    expect(await scene.committed(scene.coordinatorId, 'g')).toBe(5);
    expect(loadedFrom(scene, scene.coordinatorId)).toBe(0);
    for (const id of [1, 2, 3]) scene.stateStores(id).failWrites(0);
    await scene.time.advance(11_000);
    expect(await scene.commit(scene.coordinatorId, { ...GROUP, offset: 6 })).toBe('NONE');
    await scene.time.advance(2000);
    scene.change({ leader: other(scene) });
    await scene.awaitCoordinator();
    expect(await scene.committed(scene.coordinatorId, 'g')).toBe(6);
    expect(loadedFrom(scene, scene.coordinatorId)).toBeGreaterThan(1);
  });

  test('that knows more than the log tells nothing of it', async () => {
    const scene = new GroupScene();
    await scene.startGroups(1);
    expect(await scene.commit(1, { ...GROUP, offset: 5 })).toBe('NONE');
    await scene.time.advance(1000);
    scene.kill(1);
    // The log is lost and the store spared: what it knows is not to be had from any log any more.
    scene.replaceDisk(1, { sparesStores: true });
    await scene.start(1);
    scene.change({ leader: 1, isr: [1] });
    await scene.awaitCoordinator();
    expect(await scene.committed(1, 'g')).toBe(-1);
    expect(await scene.commit(1, { groupId: 'h', offset: 6 })).toBe('NONE');
    await scene.time.advance(1000);
    scene.kill(1);
    await scene.start(1);
    await scene.time.advance(1000);
    scene.change({ leader: 1, isr: [1] });
    await scene.awaitCoordinator();
    expect([await scene.committed(1, 'g'), await scene.committed(1, 'h')]).toEqual([-1, 6]);
    expect(loadedFrom(scene, 1)).toBe(1);
  });

  test.each(['at work', 'away'])('holds nothing of a partition that left the broker while it was %s', async (when) => {
    const scene = await withHistory();
    const follower = other(scene);
    const rest = [1, 2, 3].filter((id) => id !== follower);
    if (when === 'away') scene.kill(follower);
    scene.change({ replicas: rest, isr: rest });
    if (when === 'away') await scene.start(follower);
    await scene.time.advance(1000);
    await scene.time.resolve(scene.broker(follower).server.stop());
    const store = await scene.time.resolve(scene.stateStores(follower).open(STORE_FOLDER));
    const range = { gte: Buffer.alloc(0), lt: Buffer.alloc(8, 0xff) };
    expect(await scene.time.resolve(store.range(range))).toEqual([]);
  });
});

describe('metrics', () => {
  type Gauge = (name: string) => unknown;

  /** A scene whose gauges are read on the broker that starts last. */
  function measured(): { scene: GroupScene; gauge: Gauge } {
    const read = new Map<string, () => unknown>();
    const gauge = (name: string, _help: string, value: () => unknown) => void read.set(name, value);
    return { scene: new GroupScene({ meter: { ...noMeter, gauge } }), gauge: (name) => read.get(name)?.() };
  }

  /** Three records in partition 0 of a topic, one of them read by a group. */
  async function withLag(scene: GroupScene, replicas: readonly number[]): Promise<void> {
    scene.createTopic(replicas);
    await scene.time.advance(50);
    for (const value of ['a', 'b', 'c']) await scene.produced(replicas[0] ?? 0, [value]);
    expect(await scene.commit(scene.coordinatorId, { groupId: 'simple', offset: 1 })).toBe('NONE');
    await scene.time.advance(1000);
  }

  const labels = { consumergroup: 'simple', topic: 'events' };

  test('tell of groups, and how far they are behind', async () => {
    const { scene, gauge } = measured();
    await scene.startGroups(1);
    await withLag(scene, [1]);
    await scene.joinAlone(1, 'g');
    expect(gauge('kafka_consumergroup_lag')).toEqual([{ labels: { ...labels, partition: '0' }, value: 2 }]);
    expect(gauge('kafka_consumergroup_lag_sum')).toEqual([{ labels, value: 2 }]);
    expect(gauge('kafka_consumergroup_current_offset_sum')).toEqual([{ labels, value: 1 }]);
    expect(gauge('kafka_consumergroup_members')).toEqual([{ labels: { consumergroup: 'g' }, value: 1 }]);
    expect(gauge('kafka_coordinator_group_groupmetadatamanager_numgroups')).toBe(2);
  });

  test('tell the lag of a partition that another broker leads, when a replica of it is here', async () => {
    const { scene, gauge } = measured();
    await scene.startGroups(1, 2);
    scene.change({ leader: 2 });
    await scene.awaitCoordinator();
    await withLag(scene, [1, 2]);
    expect(gauge('kafka_consumergroup_lag')).toEqual([{ labels: { ...labels, partition: '0' }, value: 2 }]);
  });

  test('tell no sum of lags of which one is not known', async () => {
    const { scene, gauge } = measured();
    await scene.startGroups(1);
    await withLag(scene, [1]);
    const topics = [{ topic: 'events', partitions: [{ partition: 1, offset: 5, leaderEpoch: -1, metadata: '' }] }];
    expect(await scene.commit(1, { groupId: 'simple', offset: 5, topics })).toBe('NONE');
    await scene.time.advance(1000);
    expect(gauge('kafka_consumergroup_lag')).toEqual([{ labels: { ...labels, partition: '0' }, value: 2 }]);
    expect(gauge('kafka_consumergroup_lag_sum')).toEqual([]);
    expect(gauge('kafka_consumergroup_current_offset_sum')).toEqual([{ labels, value: 6 }]);
  });
});
