import { MalformedInput } from '@milena/bytes';
import { NO_NODE, offset } from '@milena/model';
import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord, UnsupportedMetadataRecord } from '../index';

const topicId = 'AAAAAAAAAAAAAAAAAAAABQ';

const RECORDS: MetadataRecord[] = [
  {
    type: 'RegisterBrokerRecord',
    brokerId: 1,
    brokerEpoch: offset(2 ** 53 - 1),
    incarnationId: topicId,
    listeners: [{ name: 'INTERNAL', host: '::1', port: 9094, securityProtocol: 'SSL' }],
    features: [{ name: 'kraft.version', minLevel: 0, maxLevel: 1 }],
    rack: 'a',
    fenced: true,
    inControlledShutdown: true,
    logDirectories: [topicId],
  },
  { type: 'UnregisterBrokerRecord', brokerId: 1, brokerEpoch: offset(3) },
  { type: 'FenceBrokerRecord', brokerId: 1, brokerEpoch: offset(3) },
  { type: 'UnfenceBrokerRecord', brokerId: 1, brokerEpoch: offset(3) },
  { type: 'BrokerRegistrationChangeRecord', brokerId: 1, brokerEpoch: offset(3) },
  { type: 'BrokerRegistrationChangeRecord', brokerId: 1, brokerEpoch: offset(3), fenced: false, logDirectories: [] },
  {
    type: 'BrokerRegistrationChangeRecord',
    brokerId: 1,
    brokerEpoch: offset(3),
    fenced: true,
    inControlledShutdown: true,
  },
  { type: 'PartitionChangeRecord', topicId, partitionId: 0 },
  {
    type: 'PartitionChangeRecord',
    topicId,
    partitionId: 0,
    isr: [],
    leader: NO_NODE,
    leaderRecoveryState: 'RECOVERED',
  },
  { type: 'PartitionChangeRecord', topicId, partitionId: 4, leader: 0, addingReplicas: [], removingReplicas: [3] },
  { type: 'ConfigRecord', resourceType: 'BROKER', resourceName: '', name: 'a', value: '' },
  { type: 'ConfigRecord', resourceType: 'GROUP', resourceName: 'g', name: 'a' },
  {
    type: 'PartitionRecord',
    topicId,
    partitionId: 3,
    replicas: [1, 2, 3],
    isr: [],
    addingReplicas: [3],
    removingReplicas: [1],
    leader: NO_NODE,
    leaderEpoch: 4,
    partitionEpoch: 9,
    leaderRecoveryState: 'RECOVERING',
    directories: [topicId, topicId, topicId],
    elr: [2],
    lastKnownElr: [1],
  },
  { type: 'PartitionChangeRecord', topicId, partitionId: 4, isr: [], elr: [1, 2], lastKnownElr: [] },
  { type: 'NoOpRecord' },
  { type: 'BeginTransactionRecord', name: 'bootstrap' },
  { type: 'EndTransactionRecord' },
  { type: 'AbortTransactionRecord', reason: 'the controller that began it is gone' },
  {
    type: 'RegisterControllerRecord',
    controllerId: 101,
    incarnationId: topicId,
    listeners: [{ name: 'CONTROLLER', host: 'c1', port: 9093, securityProtocol: 'PLAINTEXT' }],
    features: [{ name: 'kraft.version', minLevel: 0, maxLevel: 1 }],
  },
  { type: 'UnregisterControllerRecord', controllerId: 101 },
  { type: 'ClearElrRecord' },
  { type: 'ClearElrRecord', topicName: 'orders' },
];

describe('metadata records', () => {
  it.each(RECORDS)('come back as they were written: %j', (record) => {
    expect(decodeMetadataRecord(encodeMetadataRecord(record))).toStrictEqual(record);
  });

  it("carry Kafka's frame: frame version 1, type, version", () => {
    const value = encodeMetadataRecord({ type: 'FeatureLevelRecord', name: 'metadata.version', featureLevel: 25 });
    expect(value.subarray(0, 3)).toEqual(Buffer.from([1, 12, 0]));
    expect(encodeMetadataRecord({ type: 'NoOpRecord' })).toEqual(Buffer.from([1, 20, 0]));
  });

  it.each([
    ['an unknown type', [1, 99, 0], UnsupportedMetadataRecord],
    ['a newer version', [1, 20, 1], UnsupportedMetadataRecord],
    ['another frame version', [2, 20, 0], MalformedInput],
    ['nothing', [], MalformedInput],
    ['a message cut short', [1, 2, 0, 0x0a, 0x05, 0x61], MalformedInput],
    ['a leader recovery state nobody knows', [1, 5, 0, 0x40, 0x07], MalformedInput],
    ['a negative broker epoch', [1, 7, 0, 0x10, ...Array<number>(9).fill(0xff), 0x01], MalformedInput],
  ])('refuse %s', (_what, bytes, error) => {
    expect(() => decodeMetadataRecord(Buffer.from(bytes))).toThrow(error);
  });
});
