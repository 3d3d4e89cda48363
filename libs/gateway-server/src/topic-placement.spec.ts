import { alterPartitionReassignmentsRpc, electLeadersRpc } from '@milena/cluster-protocol';
import type { MetadataRecord } from '@milena/metadata';
import { failure, NO_OFFSET, success } from '@milena/model';
import { broker, GatewayScene, testUuid, topic } from './testing/gateway-scene';

const moving = (index: number, adding: readonly number[], removing: readonly number[]): MetadataRecord => ({
  type: 'PartitionChangeRecord',
  topicId: testUuid(1),
  partitionId: index,
  replicas: [1, 2, ...adding],
  directories: [testUuid(201), testUuid(202), ...adding.map((id) => testUuid(200 + id))],
  addingReplicas: adding,
  removingReplicas: removing,
});
const orders = [broker(1), broker(2), broker(3), ...topic('orders', 1, [1, 2, 1])];
const name = 'topics/orders';
const partition = (index: number) => `topics/orders/partitions/${index}`;

describe('TopicService, placing', () => {
  it('reassigns partitions, and says which are on the move now and which stay', async () => {
    const scene = await GatewayScene.with(orders);
    scene.controller(alterPartitionReassignmentsRpc, (request) => {
      expect(request).toMatchObject({
        principal: 'User:ANONYMOUS',
        allowReplicationFactorChange: false,
        validateOnly: false,
        topics: [
          {
            name: 'orders',
            partitions: [
              { partition: 0, target: [3, 2] },
              { partition: 1, target: [1, 2] },
              { partition: 9, target: [1, 2] },
            ],
          },
        ],
      });
      const partitions = [
        { partition: 0, result: success(null) },
        { partition: 1, result: success(null) },
        { partition: 9, result: failure('UNKNOWN_TOPIC_OR_PARTITION', 'no such partition') },
      ];
      const metadataOffset = scene.log.commit([moving(0, [3], [1])]);
      return success({ topics: [{ name: 'orders', partitions }], metadataOffset });
    });
    const placements = [
      { index: 0, brokerIds: [3, 2] },
      { index: 1, brokerIds: [1, 2] },
      { index: 9, brokerIds: [1, 2] },
    ];
    const answer = await scene.call('TopicService/ReassignPartitions', {
      name,
      placements,
      keepReplicationFactor: true,
    });
    expect(answer).toMatchObject({
      reassignments: [
        {
          partition: partition(0),
          replicaIds: [1, 2, 3],
          addingReplicaIds: [3],
          removingReplicaIds: [1],
          isrIds: [1, 2],
        },
      ],
      failures: [{ partition: partition(9), reason: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'no such partition' }],
    });
    const none = await scene.call('TopicService/ReassignPartitions', { name });
    expect(none.failure?.violations).toMatchObject([{ field: 'placements' }]);
  });

  it('fails with the first error when nothing could be done', async () => {
    const scene = await GatewayScene.with(orders);
    scene.controller(alterPartitionReassignmentsRpc, () => {
      const partitions = [
        { partition: 1, result: failure('NO_REASSIGNMENT_IN_PROGRESS', 'nothing is being reassigned') },
      ];
      return success({ topics: [{ name: 'orders', partitions }], metadataOffset: NO_OFFSET });
    });
    const { failure: failed } = await scene.call('TopicService/CancelReassignments', { name, partitionIndexes: [1] });
    expect(failed).toMatchObject({
      code: 'NO_REASSIGNMENT_IN_PROGRESS',
      about: { topic: 'topics/orders', partition: partition(1) },
    });
  });

  it('cancels what is on the move in a topic, and nothing when nothing is', async () => {
    const scene = await GatewayScene.with(orders);
    expect(await scene.call('TopicService/CancelReassignments', { name })).toEqual({});
    scene.log.commit([moving(2, [3], [])]);
    await scene.look();
    scene.controller(alterPartitionReassignmentsRpc, ({ topics }) => {
      expect(topics).toEqual([{ name: 'orders', partitions: [{ partition: 2, target: undefined }] }]);
      const partitions = [{ partition: 2, result: success(null) }];
      return success({ topics: [{ name: 'orders', partitions }], metadataOffset: NO_OFFSET });
    });
    expect(await scene.call('TopicService/CancelReassignments', { name })).toEqual({ partitions: [partition(2)] });
  });

  it('lists what is on the move, of one topic or of all, page by page', async () => {
    const scene = await GatewayScene.with([...orders, moving(0, [3], []), moving(2, [3], [2])]);
    const first = await scene.call('TopicService/ListReassignments', { parent: 'topics/-', pageSize: 1 });
    expect(first['reassignments']).toMatchObject([{ partition: partition(0) }]);
    const pageToken = first['nextPageToken'];
    const second = await scene.call('TopicService/ListReassignments', { parent: 'topics/-', pageSize: 1, pageToken });
    expect(second).toMatchObject({ reassignments: [{ partition: partition(2), removingReplicaIds: [2] }] });
    expect(second['nextPageToken']).toBeUndefined();
    const { reassignments } = await scene.call('TopicService/ListReassignments', { parent: name });
    expect(reassignments).toHaveLength(2);
    const { failure: failed } = await scene.call('TopicService/ListReassignments', { parent: 'topics/none' });
    expect(failed?.code).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('has leaders elected: of a whole topic only those are mentioned that needed it', async () => {
    const scene = await GatewayScene.with(orders);
    scene.controller(electLeadersRpc, ({ electionType, topics }) => {
      expect([electionType, topics]).toEqual(['PREFERRED', [{ name: 'orders', partitions: [0, 1, 2] }]]);
      const partitions = [
        { partition: 0, result: failure('ELECTION_NOT_NEEDED', '') },
        { partition: 1, result: success(null) },
        { partition: 2, result: failure('PREFERRED_LEADER_NOT_AVAILABLE', 'broker 1 is not in sync') },
      ];
      return success({ topics: [{ name: 'orders', partitions }], metadataOffset: NO_OFFSET });
    });
    const electionType = 1;
    expect(await scene.call('TopicService/ElectLeaders', { name, electionType })).toEqual({
      partitions: [partition(1)],
      failures: [
        { partition: partition(2), reason: 'PREFERRED_LEADER_NOT_AVAILABLE', message: 'broker 1 is not in sync' },
      ],
    });
    scene.controller(electLeadersRpc, ({ electionType: type, topics }) => {
      expect([type, topics]).toEqual(['UNCLEAN', undefined]);
      return success({ topics: [], metadataOffset: NO_OFFSET });
    });
    expect(await scene.call('TopicService/ElectLeaders', { name: 'topics/-', electionType: 2 })).toEqual({});
    const unspecified = await scene.call('TopicService/ElectLeaders', { name });
    expect(unspecified.failure?.violations).toMatchObject([{ field: 'election_type' }]);
  });
});
