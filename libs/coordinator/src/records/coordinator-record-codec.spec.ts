import { MalformedInput } from '@milena/bytes';
import type { CoordinatorRecord } from './coordinator-record';
import { decodeCoordinatorRecord, encodeCoordinatorRecord } from './coordinator-record-codec';

const OFFSET = { offset: 42, leaderEpoch: 3, metadata: 'm', commitTimestamp: 1000 };
const KEY = { type: 'OffsetCommit', groupId: 'g', topic: 't', partition: 7 } as const;
const MEMBER = {
  memberId: 'm-1',
  clientId: 'c',
  clientHost: '/h',
  rebalanceTimeoutMs: 60_000,
  sessionTimeoutMs: 10_000,
  subscription: Buffer.from([1]),
  assignment: Buffer.from([2]),
};
const GROUP = { protocolType: 'consumer', generation: 5, protocol: 'range', leader: 'm-1', stateTimestamp: 9 };

describe('records of groups', () => {
  it.each<[string, CoordinatorRecord]>([
    ['an offset', { ...KEY, value: OFFSET }],
    ['an offset that is forgotten', { ...KEY, value: undefined }],
    ['a group', { type: 'GroupMetadata', groupId: 'g', value: { ...GROUP, members: [MEMBER] } }],
    [
      'a group of static members',
      { type: 'GroupMetadata', groupId: 'g', value: { ...GROUP, members: [{ ...MEMBER, groupInstanceId: 'i' }] } },
    ],
    ['a group that is forgotten', { type: 'GroupMetadata', groupId: 'g', value: undefined }],
  ])('%s is read as it was written', (_what, record) => {
    expect(decodeCoordinatorRecord(encodeCoordinatorRecord(record))).toEqual(record);
  });

  it('are written in the versions that every tool reads; only an offset with its own time of expiry needs version 1', () => {
    const versions = (record: CoordinatorRecord) => {
      const { key, value } = encodeCoordinatorRecord(record);
      return [key.readInt16BE(0), value?.readInt16BE(0)];
    };
    expect(versions({ ...KEY, value: OFFSET })).toEqual([1, 3]);
    expect(versions({ ...KEY, value: { ...OFFSET, expireTimestamp: 2000 } })).toEqual([1, 1]);
    expect(versions({ type: 'GroupMetadata', groupId: 'g', value: { ...GROUP, members: [] } })).toEqual([2, 3]);
  });

  it('of a kind that is not known mean nothing', () => {
    const key = Buffer.from('000300016700', 'hex');
    expect(decodeCoordinatorRecord({ key, value: Buffer.of(1) })).toEqual({ type: 'Unknown', keyVersion: 3 });
  });

  it('without sense are malformed', () => {
    const { key } = encodeCoordinatorRecord({ ...KEY, value: OFFSET });
    expect(() => decodeCoordinatorRecord({ key, value: Buffer.from('0003', 'hex') })).toThrow(MalformedInput);
    expect(() => decodeCoordinatorRecord({ key: Buffer.of(0), value: null })).toThrow(MalformedInput);
  });

  it('keep nothing of the bytes they were read from', () => {
    const { key, value } = encodeCoordinatorRecord({
      type: 'GroupMetadata',
      groupId: 'g',
      value: { ...GROUP, members: [MEMBER] },
    });
    const record = decodeCoordinatorRecord({ key, value });
    value?.fill(0xff);
    expect(record).toMatchObject({ value: { members: [{ subscription: Buffer.from([1]) }] } });
  });
});
