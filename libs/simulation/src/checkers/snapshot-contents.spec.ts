import { encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { offset, timestampMs } from '@milena/model';
import { type ControlRecord, encodeBatch, encodeControlBatch } from '@milena/record-batch';
import { createWorld } from '../world';
import { createQuorumCheckers } from './quorum-checkers';

const level = (name: string): MetadataRecord => ({ type: 'FeatureLevelRecord', name, featureLevel: 1 });
const NAME = '/data/00000000000000000002-0000000003-1.checkpoint.part';

function snapshot(records: readonly MetadataRecord[], timestamp = 7): Buffer {
  const control = (baseOffset: number, record: ControlRecord) =>
    encodeControlBatch({
      baseOffset: offset(baseOffset),
      partitionLeaderEpoch: 3,
      timestamp: timestampMs(0),
      records: [record],
    });
  const data = encodeBatch({
    baseOffset: offset(1),
    partitionLeaderEpoch: 3,
    timestamp: timestampMs(0),
    records: records.map((record) => ({ value: encodeMetadataRecord(record) })),
  });
  const header: ControlRecord = { type: 'snapshot-header', lastContainedLogTimestamp: timestampMs(timestamp) };
  return Buffer.concat([control(0, header), data, control(1 + records.length, { type: 'snapshot-footer' })]);
}

/** Two features were raised by epoch 3: what is found about a snapshot of them. */
function found(path: string, content: Buffer): string | undefined {
  const world = createWorld(1);
  const { committedPrefix, snapshotContents } = createQuorumCheckers(world);
  const life = committedPrefix.follow('node');
  for (const [at, name] of ['a', 'b'].entries()) {
    const records = [Buffer.from(encodeMetadataRecord(level(name)))];
    const [baseOffset, lastOffset] = [offset(at), offset(at)];
    life.deliver({ baseOffset, lastOffset, epoch: 3, timestamp: timestampMs(7), records });
  }
  snapshotContents.check('node', path, content);
  return world.violation?.message;
}

it('R8: takes a snapshot that says what the log says', () => {
  expect(found(NAME, snapshot([level('a'), level('b')]))).toBeUndefined();
  expect(found('/data/00000000000000000000.log', Buffer.from('no snapshot'))).toBeUndefined();
});

it.each([
  ['lacks a record', NAME, snapshot([level('a')]), /holds 1 records/],
  ['has a record twice', NAME, snapshot([level('a'), level('b'), level('b')]), /holds 3 records/],
  ['has another record', NAME, snapshot([level('a'), level('c')]), /the log says/],
  ['is of another time', NAME, snapshot([level('a'), level('b')], 8), /time 8/],
  ['is of another epoch', NAME.replace('-0000000003', '-0000000002'), snapshot([level('a'), level('b')]), /epoch 2/],
  ['ends where nothing is committed', NAME.replace('2-', '5-'), snapshot([level('a'), level('b')]), /no committed/],
  ['is cut off', NAME, snapshot([level('a'), level('b')]).subarray(0, -3), /cannot be read/],
])('R8: finds a snapshot that %s', (_what, path, content, message) => {
  expect(found(path, content)).toMatch(message);
});
