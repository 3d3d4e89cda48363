import { NO_NODE, offset, producerId, ZERO_UUID } from '@milena/model';
import {
  createDelta,
  createSnapshotDelta,
  emptyImage,
  imageDigest,
  imageRecords,
  type MetadataImage,
  type MetadataRecord,
} from './index';

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

  it('keeps eligible leader replicas apart from the ISR, and clears them where the ISR is not empty', () => {
    const change = { type: 'PartitionChangeRecord', topicId } as const;
    const image = after(
      emptyImage,
      topic,
      partition(0, [1, 2]),
      partition(1, [1, 2]),
      partition(2, [1, 2]),
      { ...change, partitionId: 0, isr: [1], elr: [2] },
      { ...change, partitionId: 1, isr: [], leader: NO_NODE, elr: [2] },
    );
    expect(image.partition(topicId, 1)).toMatchObject({ isr: [], elr: [2], lastKnownElr: [], partitionEpoch: 1 });
    const cleared = after(image, { type: 'ClearElrRecord', topicName: 'orders' });
    expect([0, 1, 2].map((index) => cleared.partition(topicId, index))).toMatchObject([
      { isr: [1], elr: [], partitionEpoch: 2 },
      { isr: [], elr: [2], partitionEpoch: 1 },
      { elr: [], partitionEpoch: 0 },
    ]);
    expect(imageDigest(after(image, { type: 'ClearElrRecord' }))).toBe(imageDigest(cleared));
    expect(() => after(image, { type: 'ClearElrRecord', topicName: 'unknown' })).toThrow('unknown topic');
  });

  it('knows the controllers that registered, in order of id', () => {
    const controller = (controllerId: number): MetadataRecord => ({
      type: 'RegisterControllerRecord',
      controllerId,
      incarnationId: topicId,
      listeners: [],
      features: [],
    });
    const image = after(emptyImage, controller(103), controller(101));
    expect(image.controllers().map(({ id }) => id)).toEqual([101, 103]);
    const delta = createDelta(image);
    delta.replay({ type: 'UnregisterControllerRecord', controllerId: 103 }, offset(9), 4);
    expect([...delta.changedControllers]).toEqual([103]);
    expect(
      delta
        .apply()
        .controllers()
        .map(({ id }) => id),
    ).toEqual([101]);
  });
});

describe('a delta that loads a snapshot', () => {
  const other = 'AAAAAAAAAAAAAAAAAAAACQ';
  const otherTopic: MetadataRecord = { type: 'TopicRecord', name: 'payments', topicId: other };
  const setting: MetadataRecord = {
    type: 'ConfigRecord',
    resourceType: 'BROKER',
    resourceName: '1',
    name: 'k',
    value: 'v',
  };

  function load(base: MetadataImage, snapshot: MetadataImage) {
    const delta = createSnapshotDelta(base, snapshot.provenance);
    for (const record of imageRecords(snapshot)) delta.load(record);
    const image = delta.apply();
    expect(imageDigest(image)).toBe(imageDigest(snapshot));
    return delta;
  }

  it('tells what changed, what appeared and what is gone against the image it replaces', () => {
    const base = after(emptyImage, register(1), register(2), topic, partition(0, [1]), partition(1, [2]), setting);
    const snapshot = after(
      base,
      { type: 'UnfenceBrokerRecord', brokerId: 1, brokerEpoch: offset(0) },
      { type: 'UnregisterBrokerRecord', brokerId: 2, brokerEpoch: offset(1) },
      { type: 'PartitionChangeRecord', topicId, partitionId: 1, isr: [], leader: NO_NODE, elr: [2] },
      otherTopic,
      { ...partition(0, [1]), topicId: other } as MetadataRecord,
      { ...setting, name: 'k2' } as MetadataRecord,
      { type: 'FeatureLevelRecord', name: 'f', featureLevel: 1 },
    );
    const delta = load(base, snapshot);
    expect([...delta.changedBrokers].sort()).toEqual([1, 2]);
    expect([...delta.changedTopics]).toEqual(
      expect.arrayContaining([
        [topicId, new Set([1])],
        [other, new Set([0])],
      ]),
    );
    expect(delta.changedTopics.size).toBe(2);
    expect(delta.deletedTopics.size).toBe(0);
    expect(delta.changedConfigs).toEqual([{ type: 'BROKER', name: '1' }]);
    expect(delta.featuresChanged).toBe(true);

    const back = load(snapshot, base);
    expect([...back.deletedTopics]).toEqual([[other, 'payments']]);
    expect([...back.changedTopics]).toEqual([[topicId, new Set([1])]]);
    expect(back.changedConfigs).toEqual([{ type: 'BROKER', name: '1' }]);
  });

  it('is empty when the image has it all already', () => {
    const base = after(emptyImage, register(1), topic, partition(0, [1, 2]), setting);
    expect(load(base, base).isEmpty).toBe(true);
    expect(load(emptyImage, base).isEmpty).toBe(false);
  });
});

describe('a metadata transaction', () => {
  const begin: MetadataRecord = { type: 'BeginTransactionRecord', name: 'bootstrap' };
  const base = after(emptyImage, register(1));

  it('is part of the image of the controller that writes it, and its settled image is without it', () => {
    const open = after(after(base, begin, topic), partition(0, [1]));
    expect(open.openTransaction).toMatchObject({ name: 'bootstrap', offset: 1 });
    expect(open.topicByName('orders')?.partitionCount).toBe(1);
    expect(open.settled).toBe(base);
    expect(imageDigest(open)).toBe(imageDigest(base));
    expect(() => [...imageRecords(open)]).toThrow('inside a transaction');

    const ended = after(open, { type: 'EndTransactionRecord' });
    expect(ended.settled).toBe(ended);
    expect(ended.topicByName('orders')?.partitionCount).toBe(1);
  });

  it('leaves nothing but a higher offset when it is aborted', () => {
    const open = after(base, begin, topic, partition(0, [1]));
    const delta = createDelta(open);
    delta.replay({ type: 'AbortTransactionRecord', reason: 'gone' }, offset(9), 5);
    const aborted = delta.apply();
    expect(aborted.provenance).toEqual({ offset: 9, epoch: 5 });
    expect(aborted.openTransaction).toBeUndefined();
    expect([...imageRecords(aborted)]).toEqual([...imageRecords(base)]);
    expect([...delta.deletedTopics]).toEqual([[topicId, 'orders']]);
  });

  it('is never nested, and never ends before it begins', () => {
    const open = after(base, begin);
    expect(() => after(open, begin)).toThrow('never nested');
    expect(() => after(base, { type: 'EndTransactionRecord' })).toThrow('no metadata transaction is open');
    expect(() => after(base, { type: 'AbortTransactionRecord', reason: '' })).toThrow(
      'no metadata transaction is open',
    );
    expect(() => after(base, register(2), begin)).toThrow('begins with its batch');
  });
});
