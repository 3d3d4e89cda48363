import { offset, timestampMs } from '@milena/model';
import { createMemoryDisk } from '@milena/platform/testing';
import { encodeBatch, encodeControlBatch } from '@milena/record-batch';
import { storedBatches, storedFiles, storedRecords, UnreadableMetadataLog } from './stored-records';

const FOLDER = '/data/__cluster_metadata-0';
const common = { partitionLeaderEpoch: 2, timestamp: timestampMs(1_700_000_000_000) };

const data = (baseOffset: number, ...values: string[]): Buffer =>
  encodeBatch({
    ...common,
    baseOffset: offset(baseOffset),
    records: values.map((value) => ({ value: Buffer.from(value) })),
  });

function folderWith(files: Readonly<Record<string, Buffer>>) {
  const disk = createMemoryDisk();
  disk.makeFolder(FOLDER);
  for (const [name, content] of Object.entries(files))
    disk.open(`${FOLDER}/${name}`, { create: true }).pwrite(content, 0);
  return disk;
}

const segment = (base: number) => `${`${base}`.padStart(20, '0')}.log`;
const snapshot = (end: number) => `${`${end}`.padStart(20, '0')}-0000000002.checkpoint`;
const said = (records: Iterable<{ offset: number; content: unknown }>) =>
  [...records].map(({ offset: at, content }) => `${at} ${Buffer.isBuffer(content) ? content.toString() : 'control'}`);

const version = encodeControlBatch({
  ...common,
  baseOffset: offset(0),
  records: [{ type: 'kraft-version', kraftVersion: 1 }],
});

it('reads segments in their order, control records too, from an offset on', () => {
  const disk = folderWith({ [segment(3)]: data(3, 'c'), [segment(0)]: Buffer.concat([version, data(1, 'a', 'b')]) });
  expect(said(storedRecords(disk, '/data'))).toEqual(['0 control', '1 a', '2 b', '3 c']);
  expect(said(storedRecords(disk, FOLDER, 2))).toEqual(['2 b', '3 c']);
  expect(said(storedRecords(disk, `${FOLDER}/${segment(3)}`))).toEqual(['3 c']);
});

it('begins a cleaned log with the oldest snapshot it continues, and tells nothing twice', () => {
  const files = { [segment(3)]: Buffer.concat([data(3, 'c', 'd'), data(5, 'e')]), [snapshot(5)]: data(0, 'abcd') };
  const disk = folderWith({ ...files, [snapshot(6)]: data(0, 'abcde'), [snapshot(2)]: data(0, 'old') });
  const records = [...storedRecords(disk, '/data')];
  expect(said(records)).toEqual(['0 abcd', '5 e']);
  expect(records.map((each) => each.snapshot?.offset)).toEqual([5, undefined]);
});

it('ignores snapshots while the log has everything', () => {
  const disk = folderWith({ [segment(0)]: data(0, 'a'), [snapshot(1)]: data(0, 'A') });
  expect(said(storedRecords(disk, '/data'))).toEqual(['0 a']);
});

it('ends before a batch that is being written, and goes on from where it ended', () => {
  const both = Buffer.concat([data(0, 'a'), data(1, 'b')]);
  const disk = folderWith({ [segment(0)]: both.subarray(0, both.length - 1) });
  const [file] = storedFiles(disk, '/data');
  const [first, ...more] = storedBatches(disk, file!);
  expect(more).toEqual([]);
  disk.open(file!.path).pwrite(both, 0);
  const rest = [...storedBatches(disk, file!, 0, first!.position)];
  expect(said(rest.flatMap(({ records }) => records))).toEqual(['1 b']);
});

it('says where it looked in vain, and which batch is damaged', () => {
  const damaged = data(0, 'a');
  damaged.writeUInt8(damaged.readUInt8(damaged.length - 1) ^ 1, damaged.length - 1);
  const disk = folderWith({ [segment(0)]: damaged });
  expect(() => [...storedRecords(disk, '/data')]).toThrow('the batch at offset 0 fails its CRC');
  expect(() => [...storedRecords(disk, '/nowhere')]).toThrow(UnreadableMetadataLog);
});
