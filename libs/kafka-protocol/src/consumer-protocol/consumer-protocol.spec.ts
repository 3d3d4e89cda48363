import { MalformedInput } from '@milena/bytes';
import { consumerAssignment } from './consumer-assignment';
import { consumerSubscription } from './consumer-subscription';

const subscription = {
  topics: ['orders', 'audit'],
  userData: Buffer.from([1, 2]),
  ownedPartitions: [{ topic: 'orders', partitions: [0, 3] }],
  generationId: 7,
  rackId: 'a',
};
const assignment = { assignedPartitions: [{ topic: 'orders', partitions: [1] }], userData: null };

describe('the subscription of a consumer', () => {
  it('comes back with what its version has', () => {
    const again = (version: number) => consumerSubscription.decode(consumerSubscription.encode(version, subscription));
    expect(again(3)).toEqual(subscription);
    expect(again(2)).toEqual({ ...subscription, rackId: null });
    expect(again(1)).toEqual({ ...subscription, rackId: null, generationId: -1 });
    expect(again(0)).toEqual({ ...subscription, rackId: null, generationId: -1, ownedPartitions: [] });
  });

  it('is laid out as clients do', () => {
    const bytes = '0000' + '00000001' + '000174' + '00000000';
    const decoded = consumerSubscription.decode(Buffer.from(bytes, 'hex'));
    expect(decoded).toMatchObject({ topics: ['t'], userData: Buffer.alloc(0) });
    expect(consumerSubscription.encode(0, decoded).toString('hex')).toBe(bytes);
  });

  it('of a later version is read as far as it is known', () => {
    const later = Buffer.concat([consumerSubscription.encode(3, subscription), Buffer.from([9, 9])]);
    later.writeInt16BE(9, 0);
    expect(consumerSubscription.decode(later)).toEqual(subscription);
  });
});

describe('the assignment of a consumer', () => {
  it('comes back as it was in every version', () => {
    for (let version = 0; version <= consumerAssignment.versionMax; version++) {
      expect(consumerAssignment.decode(consumerAssignment.encode(version, assignment))).toEqual(assignment);
    }
  });

  it.each([
    ['nothing', ''],
    ['a version below zero', 'ffff00000000ffffffff'],
    ['more partitions than bytes', '00007fffffff'],
    ['half of it', '0000000000010001'],
  ])('is malformed when it is %s', (_what, hex) => {
    expect(() => consumerAssignment.decode(Buffer.from(hex, 'hex'))).toThrow(MalformedInput);
  });
});
