import { ZERO_UUID } from '@milena/model';
import { createMemoryDisk } from '@milena/platform/testing';
import {
  decodeQuorumState,
  encodeQuorumState,
  QUORUM_STATE_FILE,
  readQuorumState,
  UnusableQuorumState,
  writeQuorumState,
} from './quorum-state-file';

const FOLDER = '/logs/__cluster_metadata-0';
const DIRECTORY_ID = 'q0dWYbT3T0SVNzu4XMNe4w';
const state = { leaderId: 2, leaderEpoch: 7, votedId: 3, votedDirectoryId: DIRECTORY_ID };

/** As a Kafka 3.x node with static voters leaves it. */
const KAFKA_VERSION_0 =
  '{"clusterId":"","leaderId":2,"leaderEpoch":4,"votedId":-1,"appliedOffset":0,' +
  '"currentVoters":[{"voterId":1},{"voterId":2},{"voterId":3}],"data_version":0}';
const KAFKA_VERSION_1 =
  '{"leaderId":2,"leaderEpoch":7,"votedId":3,"votedDirectoryId":"q0dWYbT3T0SVNzu4XMNe4w","data_version":1}';

/** What is written is Kafka's line with a checksum as its last field. */
const withoutChecksum = (line: string): string => line.replace(/,"crc32c":"[0-9a-f]{8}"}$/, '}');

it('writes the line that Kafka writes, in both versions, and a checksum', () => {
  const line = encodeQuorumState(state, { dataVersion: 1 });
  expect(withoutChecksum(line)).toBe(KAFKA_VERSION_1);
  expect(decodeQuorumState(line)).toEqual(state);
  expect(() => decodeQuorumState(line.replace('"votedId":3', '"votedId":2'))).toThrow(/checksum/);
  const voted = { leaderId: 2, leaderEpoch: 4, votedId: -1, votedDirectoryId: ZERO_UUID };
  expect(withoutChecksum(encodeQuorumState(voted, { dataVersion: 0, voterIds: [1, 2, 3] }))).toBe(KAFKA_VERSION_0);
});

it('reads the line that Kafka writes, in both versions and with a line end', () => {
  expect(decodeQuorumState(KAFKA_VERSION_1)).toEqual(state);
  expect(decodeQuorumState(`${KAFKA_VERSION_0}\n`)).toEqual({
    leaderId: 2,
    leaderEpoch: 4,
    votedId: -1,
    votedDirectoryId: ZERO_UUID,
  });
});

it.each([
  ['a version it does not know', KAFKA_VERSION_1.replace('"data_version":1', '"data_version":2'), /data_version 2/],
  ['no version', '{"leaderId":2,"leaderEpoch":7,"votedId":3}', /data_version/],
  ['text that is cut off', KAFKA_VERSION_1.slice(0, 40), /not JSON/],
  ['nothing', '', /not JSON/],
  ['a negative epoch', KAFKA_VERSION_1.replace('"leaderEpoch":7', '"leaderEpoch":-1'), /leaderEpoch/],
  ['a vote that is text', KAFKA_VERSION_1.replace('"votedId":3', '"votedId":"3"'), /votedId/],
  ['a directory that is no uuid', KAFKA_VERSION_1.replace(DIRECTORY_ID, 'x'), /votedDirectoryId/],
])('KAFKA-15412: refuses %s, because a forgotten vote could elect two leaders', (_what, text, message) => {
  expect(() => decodeQuorumState(text)).toThrow(UnusableQuorumState);
  expect(() => decodeQuorumState(text)).toThrow(message);
});

it('knows no state before the first election', () => {
  expect(readQuorumState(createMemoryDisk(), FOLDER)).toBeUndefined();
});

it('KAFKA-14273: keeps the new state over a power cut once the write has resolved', async () => {
  const disk = createMemoryDisk();
  disk.makeFolder(FOLDER);
  await disk.fsyncDirectory('/');
  await disk.fsyncDirectory('/logs');
  await writeQuorumState(disk, FOLDER, state, { dataVersion: 1 });
  await writeQuorumState(disk, FOLDER, { ...state, leaderEpoch: 8 }, { dataVersion: 1 });
  disk.crash();
  expect(readQuorumState(disk, FOLDER)).toEqual({ ...state, leaderEpoch: 8 });
  expect(disk.list(FOLDER)).toEqual([QUORUM_STATE_FILE]);
});

it('keeps the old state when power fails before the write has resolved', async () => {
  const disk = createMemoryDisk();
  disk.makeFolder(FOLDER);
  await disk.fsyncDirectory('/');
  await disk.fsyncDirectory('/logs');
  await writeQuorumState(disk, FOLDER, state, { dataVersion: 1 });
  const write = writeQuorumState(disk, FOLDER, { ...state, leaderEpoch: 8 }, { dataVersion: 1 });
  disk.crash();
  void write.catch(() => undefined);
  expect(readQuorumState(disk, FOLDER)).toEqual(state);
});

it('rejects when the sync fails', async () => {
  const disk = createMemoryDisk();
  disk.makeFolder(FOLDER);
  disk.fail({ operation: 'fdatasync', code: 'EIO' });
  await expect(writeQuorumState(disk, FOLDER, state, { dataVersion: 1 })).rejects.toThrow(/EIO/);
});
