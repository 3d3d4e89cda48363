import { randomUuid } from '@milena/model';
import { batchesOf, decodeControlRecord, decodeRecords } from '@milena/record-batch';
import { createMemoryDisk, createSeededRandom, createVirtualTime } from '@milena/platform/testing';
import {
  BOOTSTRAP_CHECKPOINT_FILE,
  decodeBootstrapCheckpoint,
  readBootstrapCheckpoint,
  UnusableBootstrapCheckpoint,
} from './bootstrap-checkpoint';
import { type FirstVoters, formatStorage, type FormatStorageOptions, metadataFolder } from './format-storage';
import { ownMetaProperties, readMetaProperties, UnusableLogFolder } from './meta-properties';

const endpoint = { name: 'CONTROLLER', host: 'controller-1', port: 9093 };

function setUp(seed = 1) {
  const disk = createMemoryDisk();
  const random = createSeededRandom(seed);
  const platform = { disk, random, clock: createVirtualTime().clock };
  const format = (voters: FirstVoters, more: Partial<FormatStorageOptions> = {}) =>
    formatStorage({
      platform,
      logFolders: ['/data/a', '/data/b'],
      metadataLogFolder: '/data/a',
      clusterId: 'cluster',
      nodeId: 101,
      voters,
      ...more,
    });
  const uuid = (): string => randomUuid((count) => random.bytes(count));
  return { disk, format, uuid };
}

it('names a standalone controller as the only voter, with the id of its metadata folder', async () => {
  const { disk, format } = setUp();
  const [a, b] = await format({ kind: 'standalone', endpoint });
  expect(readBootstrapCheckpoint(disk, metadataFolder('/data/a'))).toEqual({
    kraftVersion: 1,
    voters: [
      {
        voterId: 101,
        directoryId: a?.properties.directoryId,
        endpoints: [endpoint],
        kraftVersionMin: 0,
        kraftVersionMax: 1,
      },
    ],
  });
  expect(readMetaProperties(disk, '/data/a')).toEqual(a?.properties);
  expect(readMetaProperties(disk, '/data/b')).toEqual(b?.properties);
  expect(a?.properties.directoryId).not.toBe(b?.properties.directoryId);
});

it('takes its directory id from the list of initial voters', async () => {
  const { disk, format, uuid } = setUp();
  const voters = [101, 102, 103].map((voterId) => ({ voterId, directoryId: uuid(), endpoints: [endpoint] }));
  await format({ kind: 'initial', voters });
  expect(readMetaProperties(disk, '/data/a')?.directoryId).toBe(voters[0]?.directoryId);
  const stored = readBootstrapCheckpoint(disk, metadataFolder('/data/a'));
  expect(stored?.voters.map(({ voterId }) => voterId)).toEqual([101, 102, 103]);
});

it('keeps the metadata records a new cluster starts with beside its first voters', async () => {
  const { disk, format } = setUp();
  const bootstrapRecords = [Buffer.from('first'), Buffer.from('second')];
  await format({ kind: 'standalone', endpoint }, { bootstrapRecords });
  const stored = readBootstrapCheckpoint(disk, metadataFolder('/data/a'));
  expect(stored?.records).toEqual(bootstrapRecords);
  expect(stored?.voters).toHaveLength(1);
});

it('refuses initial voters that leave this node out', async () => {
  const { format, uuid } = setUp();
  const voters = [{ voterId: 102, directoryId: uuid(), endpoints: [endpoint] }];
  await expect(format({ kind: 'initial', voters })).rejects.toThrow(/node\.id 101 is not among/);
});

it('writes no voters for a broker', async () => {
  const { disk, format } = setUp();
  await format({ kind: 'none' });
  expect(readBootstrapCheckpoint(disk, metadataFolder('/data/a'))).toBeUndefined();
  expect(readMetaProperties(disk, '/data/a')?.nodeId).toBe(101);
});

it('survives a power cut once it has resolved', async () => {
  const { disk, format } = setUp();
  disk.makeFolder('/data');
  await disk.fsyncDirectory('/');
  await format({ kind: 'standalone', endpoint });
  disk.crash();
  expect(readMetaProperties(disk, '/data/b')?.nodeId).toBe(101);
  expect(readBootstrapCheckpoint(disk, metadataFolder('/data/a'))?.voters).toHaveLength(1);
});

it('refuses a formatted folder, and leaves it alone when told to ignore it', async () => {
  const { format } = setUp();
  const first = await format({ kind: 'none' });
  await expect(format({ kind: 'none' })).rejects.toThrow(UnusableLogFolder);
  const again = await format({ kind: 'none' }, { ignoreFormatted: true });
  expect(again.map(({ properties }) => properties)).toEqual(first.map(({ properties }) => properties));
  expect(again.every(({ written }) => !written)).toBe(true);
});

it("refuses another node's folder even when told to ignore formatted ones", async () => {
  const { format } = setUp();
  await format({ kind: 'none' });
  await expect(format({ kind: 'none' }, { ignoreFormatted: true, nodeId: 5 })).rejects.toThrow(/101.*5/);
  await expect(format({ kind: 'none' }, { ignoreFormatted: true, clusterId: 'other' })).rejects.toThrow(
    /cluster.*other/,
  );
});

describe('the bootstrap checkpoint', () => {
  async function content(): Promise<Buffer> {
    const { disk, format } = setUp();
    await format({ kind: 'standalone', endpoint });
    const file = disk.open(`${metadataFolder('/data/a')}/${BOOTSTRAP_CHECKPOINT_FILE}`);
    const bytes = Buffer.alloc(file.size());
    file.pread(bytes, 0);
    return bytes;
  }

  it('is two control batches at consecutive offsets: header, version and voters, then the footer', async () => {
    const batches = [...batchesOf(await content())];
    expect(batches.map(({ header }) => [header.isControl, header.baseOffset, header.lastOffset])).toEqual([
      [true, 0, 2],
      [true, 3, 3],
    ]);
    const types = batches.flatMap(({ bytes }) =>
      decodeRecords(bytes).map((record) => decodeControlRecord(record).type),
    );
    expect(types).toEqual(['snapshot-header', 'kraft-version', 'voters', 'snapshot-footer']);
  });

  it('is refused when it is cut off or damaged anywhere', async () => {
    const bytes = await content();
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodeBootstrapCheckpoint(bytes.subarray(0, length))).toThrow(UnusableBootstrapCheckpoint);
    }
    const [first] = batchesOf(bytes);
    for (let at = 16; at < first!.header.sizeInBytes; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(() => decodeBootstrapCheckpoint(damaged)).toThrow(UnusableBootstrapCheckpoint);
    }
  });
});

it('refuses a folder that holds a metadata log without saying whose, and so does a start', async () => {
  const { disk, format } = setUp();
  await format({ kind: 'standalone', endpoint });
  disk.open(`${metadataFolder('/data/a')}/00000000000000000000.log`, { create: true }).close();
  disk.removeFile('/data/a/meta.properties');
  const message = /\/data\/a\/meta\.properties is missing/;
  await expect(format({ kind: 'none' }, { ignoreFormatted: true })).rejects.toThrow(message);
  expect(() => ownMetaProperties(disk, '/data/a', { nodeId: 101, configFile: undefined })).toThrow(message);
});
