import type { MetadataRecord } from '@milena/metadata';
import { offset } from '@milena/model';
import type { HistoryRecord } from './metadata-history';
import { why, type WhySubject } from './why';

const OLD = 'AAAAAAAAAAAAAAAAAAAAAQ';
const NEW = 'AAAAAAAAAAAAAAAAAAAAAg';

/** A history out of batches: each a list of records, with the trace that caused them. */
function history(...batches: readonly { readonly records: readonly MetadataRecord[]; readonly trace?: string }[]) {
  let next = 0;
  return batches.flatMap(({ records, trace }) => {
    const batchOffset = next;
    return records.map((record): HistoryRecord => {
      const { type, ...fields } = record;
      const place = { offset: next++, batchOffset, epoch: 1, timestamp: 0 };
      return { ...place, type, fields, record, ...(trace === undefined ? {} : { traceparent: trace }) };
    });
  });
}

const partition = (topicId: string, partitionId: number): MetadataRecord => ({
  type: 'PartitionRecord',
  topicId,
  partitionId,
  replicas: [1, 2],
  isr: [1, 2],
  addingReplicas: [],
  removingReplicas: [],
  leader: 1,
  leaderEpoch: 0,
  partitionEpoch: 0,
  leaderRecoveryState: 'RECOVERED',
  directories: [],
});
const change = (partitionId: number): MetadataRecord => ({
  type: 'PartitionChangeRecord',
  topicId: NEW,
  partitionId,
  leader: 2,
});
const fence = (brokerId: number): MetadataRecord => ({ type: 'FenceBrokerRecord', brokerId, brokerEpoch: offset(1) });
const retention: MetadataRecord = {
  type: 'ConfigRecord',
  resourceType: 'TOPIC',
  resourceName: 'orders',
  name: 'retention.ms',
  value: '1',
};

const HISTORY = history(
  { records: [{ type: 'TopicRecord', name: 'orders', topicId: OLD }, partition(OLD, 0)] },
  { records: [{ type: 'RemoveTopicRecord', topicId: OLD }] },
  {
    records: [{ type: 'TopicRecord', name: 'orders', topicId: NEW }, partition(NEW, 0), partition(NEW, 1)],
    trace: 'a',
  },
  { records: [fence(1), change(0), change(1)], trace: 'b' },
  { records: [fence(3)] },
  { records: [fence(2)], trace: 'c' },
  { records: [change(0)], trace: 'c' },
  { records: [retention] },
  { records: [{ type: 'ClearElrRecord' }] },
);

const chain = (subject: WhySubject) => why(subject, () => HISTORY).map(({ offset: at, role }) => `${at} ${role}`);

it('tells of a partition since its topic was last created, with the brokers that made it change', () => {
  expect(chain({ kind: 'partition', topic: 'orders', partition: 0 })).toEqual([
    '3 change',
    '4 change',
    '6 cause',
    '7 change',
    '10 cause',
    '11 change',
    '13 change',
  ]);
});

it('tells of a broker, and of configuration as a whole or by key', () => {
  expect(chain({ kind: 'broker', id: 1 })).toEqual(['6 change']);
  expect(chain({ kind: 'config', resource: 'TOPIC', name: 'orders' })).toEqual(['12 change']);
  expect(chain({ kind: 'config', resource: 'TOPIC', name: 'orders', key: 'cleanup.policy' })).toEqual([]);
});

it('knows nothing of what never was', () => {
  expect(chain({ kind: 'partition', topic: 'nothing', partition: 0 })).toEqual([]);
  expect(chain({ kind: 'partition', topic: 'orders', partition: 7 })).toEqual([]);
});
