import { NO_NODE, offset, producerId, ZERO_UUID } from '@milena/model';
import { createDelta, emptyImage, type MetadataImage, type MetadataRecord } from './index';

const topicId = 'AAAAAAAAAAAAAAAAAAAABQ';

function after(image: MetadataImage, ...records: MetadataRecord[]): MetadataImage {
  const delta = createDelta(image);
  records.forEach((record, index) => delta.replay(record, offset(image.provenance.offset + 1 + index), 3));
  return delta.apply();
}

const register = (brokerId: number): MetadataRecord => ({
  type: 'RegisterBrokerRecord',
  brokerId,
  incarnationId: 'AAAAAAAAAAAAAAAAAAAAAg',
  listeners: [{ name: 'INTERNAL', host: 'b', port: 9094, securityProtocol: 'PLAINTEXT' }],
  features: [],
  fenced: true,
  inControlledShutdown: false,
  logDirectories: ['AAAAAAAAAAAAAAAAAAAAAw'],
});

const partition = (partitionId: number, replicas: number[]): MetadataRecord => ({
  type: 'PartitionRecord',
  topicId,
  partitionId,
  replicas,
  isr: replicas,
  addingReplicas: [],
  removingReplicas: [],
  leader: replicas[0] ?? NO_NODE,
  leaderEpoch: 0,
  partitionEpoch: 0,
  leaderRecoveryState: 'RECOVERED',
  directories: replicas.map(() => ZERO_UUID),
});

const topic: MetadataRecord = { type: 'TopicRecord', name: 'orders', topicId };

describe('MetadataDelta', () => {
  it('takes the offset of a registration record as the broker epoch', () => {
    const image = after(emptyImage, { type: 'NoOpRecord' }, register(7));
    expect(image.broker(7)).toMatchObject({ epoch: 1, fenced: true });
    expect(image.provenance).toEqual({ offset: 1, epoch: 3 });
  });

  it('takes the broker epoch from the record where one stands, as in a snapshot', () => {
    const record = { ...register(7), brokerEpoch: offset(42) } as MetadataRecord;
    expect(after(emptyImage, record).broker(7)?.epoch).toBe(42);
  });

  it('raises the partition epoch with every change and the leader epoch only with a leader', () => {
    const created = after(emptyImage, topic, partition(0, [1, 2, 3]));
    const shrunk = after(created, { type: 'PartitionChangeRecord', topicId, partitionId: 0, isr: [1, 2] });
    expect(shrunk.partition(topicId, 0)).toMatchObject({ isr: [1, 2], leader: 1, leaderEpoch: 0, partitionEpoch: 1 });
    const moved = after(shrunk, { type: 'PartitionChangeRecord', topicId, partitionId: 0, isr: [2], leader: 2 });
    expect(moved.partition(topicId, 0)).toMatchObject({ isr: [2], leader: 2, leaderEpoch: 1, partitionEpoch: 2 });
  });

  it('leaves the image it started from as it was', () => {
    const created = after(emptyImage, topic, partition(0, [1, 2]));
    after(created, { type: 'RemoveTopicRecord', topicId }, register(1));
    expect(created.topicByName('orders')?.partitionCount).toBe(1);
    expect(created.broker(1)).toBeUndefined();
    expect([...created.hostedPartitions(2)]).toHaveLength(1);
  });

  it('names what changed', () => {
    const base = after(emptyImage, topic, partition(0, [1]), partition(1, [2]), register(1));
    const delta = createDelta(base);
    delta.replay({ type: 'PartitionChangeRecord', topicId, partitionId: 1, leader: NO_NODE }, offset(10), 4);
    delta.replay({ type: 'UnfenceBrokerRecord', brokerId: 1, brokerEpoch: offset(3) }, offset(11), 4);
    delta.replay(
      { type: 'ConfigRecord', resourceType: 'TOPIC', resourceName: 'orders', name: 'retention.ms', value: '5' },
      offset(12),
      4,
    );
    expect([...delta.changedTopics]).toEqual([[topicId, new Set([1])]]);
    expect([...delta.changedBrokers]).toEqual([1]);
    expect(delta.changedConfigs).toEqual([{ type: 'TOPIC', name: 'orders' }]);
    expect(delta.apply().broker(1)?.fenced).toBe(false);
  });

  it('removes the configuration of a deleted topic and reports the deletion once', () => {
    const base = after(emptyImage, topic, partition(0, [1]), {
      type: 'ConfigRecord',
      resourceType: 'TOPIC',
      resourceName: 'orders',
      name: 'retention.ms',
      value: '5',
    });
    const delta = createDelta(base);
    delta.replay({ type: 'RemoveTopicRecord', topicId }, offset(20), 4);
    const image = delta.apply();
    expect([...delta.deletedTopics]).toEqual([[topicId, 'orders']]);
    expect(delta.changedTopics.size).toBe(0);
    expect([...image.configuredResources()]).toEqual([]);
    expect([...image.hostedPartitions(1)]).toEqual([]);
  });

  it('says nothing of a topic created and deleted between two images', () => {
    const delta = createDelta(emptyImage);
    delta.replay(topic, offset(0), 1);
    delta.replay(partition(0, [1]), offset(1), 1);
    delta.replay({ type: 'RemoveTopicRecord', topicId }, offset(2), 1);
    expect(delta.isEmpty).toBe(true);
  });

  it('follows replicas when an assignment changes', () => {
    const created = after(emptyImage, topic, partition(0, [1, 2]));
    const image = after(created, {
      type: 'PartitionChangeRecord',
      topicId,
      partitionId: 0,
      replicas: [1, 3],
      isr: [1],
    });
    expect([1, 2, 3].map((id) => image.hostedPartitionCount(id))).toEqual([1, 0, 1]);
  });

  it('removes a config key that is set to nothing and a feature at level 0', () => {
    const config = { type: 'ConfigRecord', resourceType: 'BROKER', resourceName: '', name: 'k' } as const;
    const set = after(
      emptyImage,
      { ...config, value: 'v' },
      { type: 'FeatureLevelRecord', name: 'f', featureLevel: 2 },
    );
    expect(set.configValue({ type: 'BROKER', name: '' }, 'k')).toBe('v');
    expect(set.featureLevel('f')).toBe(2);
    const unset = after(set, config, { type: 'FeatureLevelRecord', name: 'f', featureLevel: 0 });
    expect(unset.config({ type: 'BROKER', name: '' }).size).toBe(0);
    expect(unset.features()).toEqual([]);
  });

  it('refuses records that cannot follow the image', () => {
    const base = after(emptyImage, register(1), topic, partition(0, [1]));
    const stale = { type: 'FenceBrokerRecord', brokerId: 1, brokerEpoch: offset(5) } as const;
    expect(() => after(base, stale)).toThrow('not current');
    expect(() => after(base, { type: 'RemoveTopicRecord', topicId: ZERO_UUID })).toThrow('unknown topic');
    expect(() => after(base, topic)).toThrow('topic exists');
    expect(() => after(base, { type: 'PartitionChangeRecord', topicId, partitionId: 0, leader: 9 })).toThrow('ISR');
    expect(() => createDelta(base).replay({ type: 'NoOpRecord' }, offset(2), 1)).toThrow('in order');
  });

  it('hands out producer ids from where the last block ended', () => {
    const record = { type: 'ProducerIdsRecord', brokerId: 1, brokerEpoch: offset(1) } as const;
    expect(after(emptyImage, { ...record, nextProducerId: producerId(1000) }).nextProducerId).toBe(1000);
  });
});
