import {
  deleteGroupRpc,
  describeGroupRpc,
  describeReplicaLogsRpc,
  listGroupOffsetsRpc,
  listGroupsRpc,
} from '@milena/cluster-protocol';
import { groupPartition } from '@milena/coordinator';
import { consumerAssignment, consumerSubscription } from '@milena/kafka-protocol';
import { failure, NO_EPOCH, offset, success } from '@milena/model';
import { broker, GatewayScene, served, testUuid, topic } from './testing/gateway-scene';

/** Two brokers; partitions 0 and 1 of `__consumer_offsets` are led by brokers 1 and 2. */
const cluster = [broker(1), broker(2), ...topic('__consumer_offsets', 9, [1, 2]), ...topic('orders', 1, [1, 2])];
/** Group ids whose coordinators are brokers 1 and 2. */
const [atOne, atTwo] = [0, 1].map((wanted) => {
  const index = Array.from({ length: 100 }, (_, each) => each).find((each) => groupPartition(`g${each}`, 2) === wanted);
  return `g${index}`;
}) as [string, string];

const member = {
  memberId: 'm-1',
  groupInstanceId: 'static-1',
  clientId: 'app',
  clientHost: '/10.0.0.1',
  metadata: consumerSubscription.encode(1, { topics: ['orders', 'audit'], ownedPartitions: [] }),
  assignment: consumerAssignment.encode(0, { assignedPartitions: [{ topic: 'orders', partitions: [1, 0] }] }),
};
const stable = { state: 'Stable', protocolType: 'consumer', protocolName: 'range', members: [member] };

describe('GroupService', () => {
  it('lists the groups of all coordinators by id, page by page', async () => {
    const scene = await GatewayScene.with(cluster);
    const at = (...ids: string[]) =>
      served(listGroupsRpc, ({ after, limit }) => {
        const groups = ids.map((groupId) => ({ groupId, protocolType: 'consumer', state: 'Empty' }));
        return success({ error: 'NONE', groups: groups.filter(({ groupId }) => groupId > after).slice(0, limit) });
      });
    scene.server('broker1', 9094, at('a', 'd'));
    scene.server('broker2', 9094, at('b', 'c'));
    const first = await scene.call('GroupService/ListGroups', { pageSize: 3 });
    expect(first['groups']).toMatchObject([
      { name: 'groups/a', groupId: 'a', state: 'GROUP_STATE_EMPTY', coordinator: 'brokers/1' },
      { groupId: 'b', coordinator: 'brokers/2' },
      { groupId: 'c' },
    ]);
    const second = await scene.call('GroupService/ListGroups', { pageSize: 3, pageToken: first['nextPageToken'] });
    expect(second).toMatchObject({ groups: [{ groupId: 'd' }] });
    expect(second).not.toHaveProperty('nextPageToken');
  });

  it('hands on which states are wanted, and refuses numbers that are none', async () => {
    const scene = await GatewayScene.with(cluster);
    const asked: unknown[] = [];
    const handler = served(listGroupsRpc, ({ states }) => {
      asked.push(states);
      return success({ error: 'NONE', groups: [] });
    });
    scene.server('broker1', 9094, handler);
    scene.server('broker2', 9094, handler);
    await scene.call('GroupService/ListGroups', { states: [4, 1] });
    expect(asked).toEqual([
      ['Empty', 'Stable'],
      ['Empty', 'Stable'],
    ]);
    const { failure: failed } = await scene.call('GroupService/ListGroups', { states: [99] });
    expect(failed?.violations).toMatchObject([{ field: 'states[0]' }]);
  });

  it('says whose groups are missing: silent brokers, loading ones, and partitions without a leader', async () => {
    const scene = await GatewayScene.with([broker(1), broker(2), ...topic('__consumer_offsets', 9, [1, 2, -1])]);
    scene.network.join('broker1');
    const loading = served(listGroupsRpc, () => success({ error: 'COORDINATOR_LOAD_IN_PROGRESS', groups: [] }));
    scene.server('broker2', 9094, loading);
    expect(await scene.call('GroupService/ListGroups')).toEqual({
      unreachable: ['brokers/1', 'brokers/2', 'topics/__consumer_offsets/partitions/2'],
    });
  });

  it('knows no groups in a cluster that never had one', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    expect(await scene.call('GroupService/ListGroups')).toEqual({});
    const { failure: failed } = await scene.call('GroupService/GetGroup', { name: 'groups/a' });
    expect(failed).toMatchObject({ code: 'GROUP_ID_NOT_FOUND', about: { group: 'groups/a' } });
  });

  it('describes a group with what its consumers subscribed to and were assigned', async () => {
    const scene = await GatewayScene.with(cluster);
    scene.server(
      'broker2',
      9094,
      served(describeGroupRpc, () => success(stable)),
    );
    expect(await scene.call('GroupService/GetGroup', { name: `groups/${atTwo}` })).toEqual({
      group: {
        name: `groups/${atTwo}`,
        groupId: atTwo,
        state: 'GROUP_STATE_STABLE',
        protocolType: 'consumer',
        protocolName: 'range',
        coordinator: 'brokers/2',
        members: [
          {
            memberId: 'm-1',
            groupInstanceId: 'static-1',
            clientId: 'app',
            clientHost: '/10.0.0.1',
            subscribedTopics: ['audit', 'orders'],
            assignments: [{ topic: 'orders', partitions: [0, 1] }],
          },
        ],
      },
    });
  });

  it('shows members whose bytes nobody can read without what they say', async () => {
    const scene = await GatewayScene.with(cluster);
    const garbage = {
      ...member,
      metadata: Buffer.from('garbage'),
      assignment: Buffer.from([0, 0, 127, 255, 255, 255]),
    };
    scene.server(
      'broker1',
      9094,
      served(describeGroupRpc, () => success({ ...stable, members: [garbage] })),
    );
    const { group } = await scene.call('GroupService/GetGroup', { name: `groups/${atOne}` });
    expect((group as { members: unknown[] }).members).toEqual([
      { memberId: 'm-1', groupInstanceId: 'static-1', clientId: 'app', clientHost: '/10.0.0.1' },
    ]);
  });

  it('follows a coordinator that moves, and gives up in bounded time', async () => {
    const scene = await GatewayScene.with(cluster);
    const moved = served(describeGroupRpc, () => failure('NOT_COORDINATOR', 'moved'));
    scene.server('broker1', 9094, moved);
    scene.server(
      'broker2',
      9094,
      served(describeGroupRpc, () => success(stable)),
    );
    scene.time.timers.after(300, () => {
      const leader = { type: 'PartitionChangeRecord', topicId: testUuid(9), partitionId: 0, leader: 2 } as const;
      scene.log.commit([leader]);
    });
    const { group } = await scene.call('GroupService/GetGroup', { name: `groups/${atOne}` });
    expect(group).toMatchObject({ coordinator: 'brokers/2' });

    const stuck = await GatewayScene.with(cluster);
    stuck.server('broker1', 9094, moved);
    const startedMs = stuck.time.nowMs();
    const { failure: failed } = await stuck.call('GroupService/GetGroup', { name: `groups/${atOne}` });
    expect(failed?.code).toBe('NOT_COORDINATOR');
    expect(stuck.time.nowMs() - startedMs).toBeLessThan(4_000);
  });

  it('deletes a group, or only checks whether it could be', async () => {
    const scene = await GatewayScene.with(cluster);
    const deleted: string[] = [];
    scene.server(
      'broker1',
      9094,
      served(describeGroupRpc, () => success(stable)),
      served(deleteGroupRpc, ({ groupId }) => {
        deleted.push(groupId);
        return success({});
      }),
    );
    const name = `groups/${atOne}`;
    const checked = await scene.call('GroupService/DeleteGroup', { name, validateOnly: true });
    expect(checked.failure).toMatchObject({ code: 'NON_EMPTY_GROUP', about: { group: name } });
    expect(deleted).toEqual([]);
    expect(await scene.call('GroupService/DeleteGroup', { name })).toEqual({});
    expect(deleted).toEqual([atOne]);
  });

  it('lists offsets with the lag behind what the leaders have', async () => {
    const scene = await GatewayScene.with(cluster);
    const committed = (partition: number, next: number, leaderEpoch: number) => ({
      topicPartition: { topic: 'orders', partition },
      offset: offset(next),
      leaderEpoch,
      metadata: '',
    });
    const gone = { ...committed(0, 3, NO_EPOCH), topicPartition: { topic: 'deleted', partition: 0 } };
    scene.server(
      'broker1',
      9094,
      served(listGroupOffsetsRpc, () => success({ offsets: [gone, committed(0, 5, 4), committed(1, 6, NO_EPOCH)] })),
      served(describeReplicaLogsRpc, ({ partitions }) =>
        success({
          logs: partitions.map((topicPartition) => ({
            topicPartition,
            logStartOffset: offset(0),
            logEndOffset: offset(12),
            highWatermark: offset(11),
            sizeInBytes: 1,
            isLeader: true,
          })),
        }),
      ),
    );
    scene.network.join('broker2');
    expect(await scene.call('GroupService/ListGroupOffsets', { parent: `groups/${atOne}` })).toEqual({
      offsets: [
        { topic: 'deleted', committedOffset: '3' },
        { topic: 'orders', committedOffset: '5', leaderEpoch: 4, highWatermark: '11', lag: '6' },
        { topic: 'orders', partition: 1, committedOffset: '6' },
      ],
      unreachable: ['brokers/2'],
    });
  });
});
