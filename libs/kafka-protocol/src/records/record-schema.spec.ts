import { MalformedInput } from '@milena/bytes';
import { groupMetadataKey, groupMetadataValue } from './group-metadata';
import { offsetCommitKey, offsetCommitValue } from './offset-commit';

/** Hex of the parts of a layout, written field by field as the record schemas of Kafka list them. */
function layout(...parts: readonly string[]): string {
  return parts.join('');
}

describe('records of __consumer_offsets', () => {
  it('lays out the key of an offset', () => {
    const bytes = layout('0001', '0001', '67', '0005', '746f706963', '00000007');
    expect(offsetCommitKey.encode(1, { group: 'g', topic: 'topic', partition: 7 }).toString('hex')).toBe(bytes);
    expect(offsetCommitKey.decode(Buffer.from(bytes, 'hex'))).toEqual({ group: 'g', topic: 'topic', partition: 7 });
  });

  const offset = { offset: 42, leaderEpoch: 3, metadata: 'm', commitTimestamp: 1000, expireTimestamp: 2000 };
  const [at, epoch, text, time, expiry] = [
    '000000000000002a',
    '00000003',
    '00016d',
    '00000000000003e8',
    '00000000000007d0',
  ];
  it.each([
    [0, layout('0000', at, text, time), { leaderEpoch: -1, expireTimestamp: -1 }],
    [1, layout('0001', at, text, time, expiry), { leaderEpoch: -1 }],
    [2, layout('0002', at, text, time), { leaderEpoch: -1, expireTimestamp: -1 }],
    [3, layout('0003', at, epoch, text, time), { expireTimestamp: -1 }],
    [4, layout('0004', at, epoch, '026d', time, '00'), { expireTimestamp: -1 }],
  ])('lays out an offset of version %p', (version, bytes, differing) => {
    expect(offsetCommitValue.encode(version, offset).toString('hex')).toBe(bytes);
    expect(offsetCommitValue.decode(Buffer.from(bytes, 'hex'))).toMatchObject({ ...offset, ...differing });
  });

  it('lays out the key of a group', () => {
    expect(groupMetadataKey.encode(2, { group: 'g' }).toString('hex')).toBe('0002000167');
  });

  it('lays out a group of version 3', () => {
    const member = {
      memberId: 'm-1',
      groupInstanceId: null,
      clientId: 'c',
      clientHost: '/h',
      rebalanceTimeout: 60_000,
      sessionTimeout: 10_000,
      subscription: Buffer.from([1]),
      assignment: Buffer.from([2, 3]),
    };
    const group = {
      protocolType: 'consumer',
      generation: 5,
      protocol: 'range',
      leader: 'm-1',
      currentStateTimestamp: 1000,
      members: [member],
    };
    const id = '00036d2d31';
    const bytes = layout(
      ...['0003', '0008636f6e73756d6572', '00000005', '000572616e6765', id, '00000000000003e8', '00000001'],
      ...[id, 'ffff', '000163', '00022f68', '0000ea60', '00002710', '0000000101', '000000020203'],
    );
    expect(groupMetadataValue.encode(3, group).toString('hex')).toBe(bytes);
    expect(groupMetadataValue.decode(Buffer.from(bytes, 'hex'))).toEqual(group);
  });

  it('reads a group of version 0, which knows one timeout', () => {
    const id = '00016d';
    const bytes = layout(
      '0000',
      '000163',
      '00000001',
      'ffff',
      'ffff',
      '00000001',
      id,
      id,
      id,
      '00002710',
      '00000000',
      '00000000',
    );
    const group = groupMetadataValue.decode(Buffer.from(bytes, 'hex'));
    expect(group).toMatchObject({ protocol: null, leader: null, currentStateTimestamp: -1 });
    expect(group.members).toMatchObject([{ rebalanceTimeout: -1, sessionTimeout: 10_000, groupInstanceId: null }]);
  });

  it('refuses a version it does not know', () => {
    expect(() => offsetCommitValue.decode(Buffer.from('0009', 'hex'))).toThrow(MalformedInput);
    expect(() => groupMetadataKey.decode(Buffer.from('0001', 'hex'))).toThrow(MalformedInput);
  });
});
