import fc from 'fast-check';
import { uuidFromBytes } from '@milena/model';
import type { PartitionChangeRecord, PartitionRecord } from '../metadata-record';
import {
  decodePlainPartition,
  decodePlainPartitionChange,
  encodePlainPartition,
  encodePlainPartitionChange,
} from './plain-partition-records';
import { partitionChangeMessage, partitionMessage } from './topic-records';

const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(uuidFromBytes);
const oddText = fc.oneof(
  { weight: 9, arbitrary: uuid },
  fc.constant(''),
  fc.constant('ä'),
  fc.string({ maxLength: 200 }),
);
const oddNumber = fc.oneof(
  fc.nat(200),
  fc.constantFrom(-1, 0, 2 ** 14, 2 ** 21 - 1, 2 ** 28 - 1, 2 ** 28, 2 ** 31 - 1),
);
const list = fc.oneof(fc.array(fc.nat(1000), { maxLength: 6 }), fc.array(oddNumber, { maxLength: 70 }));
const recovery = fc.constantFrom('RECOVERED' as const, 'RECOVERING' as const);

const partitions: fc.Arbitrary<PartitionRecord> = fc.record(
  {
    type: fc.constant('PartitionRecord' as const),
    topicId: oddText,
    partitionId: oddNumber,
    replicas: list,
    isr: list,
    addingReplicas: list,
    removingReplicas: list,
    leader: oddNumber,
    leaderEpoch: oddNumber,
    partitionEpoch: oddNumber,
    leaderRecoveryState: recovery,
    directories: fc.array(oddText, { maxLength: 4 }),
    elr: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
    lastKnownElr: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      'type',
      'topicId',
      'partitionId',
      'replicas',
      'isr',
      'addingReplicas',
      'removingReplicas',
      'leader',
      'leaderEpoch',
      'partitionEpoch',
      'leaderRecoveryState',
      'directories',
    ],
  },
);
const changes: fc.Arbitrary<PartitionChangeRecord> = fc.record(
  {
    type: fc.constant('PartitionChangeRecord' as const),
    topicId: oddText,
    partitionId: oddNumber,
    isr: list,
    leader: oddNumber,
    replicas: list,
    elr: list,
    lastKnownElr: list,
    addingReplicas: list,
    leaderRecoveryState: recovery,
  },
  { noNullPrototype: true, requiredKeys: ['type', 'topicId', 'partitionId'] },
);

describe('the short way to write and read partitions', () => {
  it('writes the bytes of the generated code, and both read the same of them', () => {
    fc.assert(
      fc.property(partitions, (record) => {
        const generated = Buffer.from(partitionMessage.encode(record));
        expect(encodePlainPartition(record) ?? generated).toEqual(generated);
        expect(decodePlainPartition(generated) ?? record).toStrictEqual(record);
      }),
      { seed: 1, numRuns: 500 },
    );
    fc.assert(
      fc.property(changes, (record) => {
        const generated = Buffer.from(partitionChangeMessage.encode(record));
        expect(encodePlainPartitionChange(record) ?? generated).toEqual(generated);
        expect(decodePlainPartitionChange(generated) ?? record).toStrictEqual(record);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('is the way of ordinary records', () => {
    const topicId = 'AAAAAAAAAAAAAAAAAAAABQ';
    const change: PartitionChangeRecord = {
      type: 'PartitionChangeRecord',
      topicId,
      partitionId: 7,
      isr: [1],
      leader: -1,
    };
    const bytes = encodePlainPartitionChange(change);
    expect(bytes && decodePlainPartitionChange(bytes)).toStrictEqual(change);
    const partition: PartitionRecord = {
      type: 'PartitionRecord',
      topicId,
      partitionId: 9_999,
      replicas: [1001, 2, 3],
      isr: [],
      addingReplicas: [],
      removingReplicas: [],
      leader: -1,
      leaderEpoch: 20,
      partitionEpoch: 300,
      leaderRecoveryState: 'RECOVERING',
      directories: [topicId, topicId, topicId],
      elr: [2],
    };
    const written = encodePlainPartition(partition);
    expect(written && decodePlainPartition(written)).toStrictEqual(partition);
  });

  it('leaves to the generated code whatever is cut short or strange, and never reads past the end', () => {
    const anything = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(anything, (bytes) => {
        const [whole, change] = [
          read(() => decodePlainPartition(bytes)),
          read(() => decodePlainPartitionChange(bytes)),
        ];
        if (whole !== undefined) expect(whole).toStrictEqual(read(() => partitionMessage.decode(bytes)));
        if (change !== undefined) expect(change).toStrictEqual(read(() => partitionChangeMessage.decode(bytes)));
      }),
      { seed: 3, numRuns: 3_000 },
    );
  });
});

/** A value, or what it failed with. */
function read<T>(decode: () => T): T | string {
  try {
    return decode();
  } catch (error) {
    return String(error);
  }
}
