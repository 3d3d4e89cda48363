import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMetadataRecord } from '@milena/metadata';
import { offset, timestampMs } from '@milena/model';
import { encodeBatch, encodeControlBatch } from '@milena/record-batch';
import { metadataHistory } from '@milena/metadata-follower';
import { storagePlatform } from './storage-platform';

describe('metadata dump', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'milena-dump-'));
    mkdirSync(join(folder, '__cluster_metadata-0'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const batch = { partitionLeaderEpoch: 2, timestamp: timestampMs(1_700_000_000_000) };

  function write(...batches: readonly Buffer[]): void {
    writeFileSync(join(folder, '__cluster_metadata-0', `${'0'.repeat(20)}.log`), Buffer.concat(batches));
  }

  const leaderChange = encodeControlBatch({
    ...batch,
    baseOffset: offset(0),
    records: [{ type: 'kraft-version', kraftVersion: 1 }],
  });
  const topic = encodeBatch({
    ...batch,
    baseOffset: offset(1),
    records: [
      {
        value: encodeMetadataRecord({ type: 'TopicRecord', name: 'orders', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }),
        headers: [{ key: 'traceparent', value: Buffer.from('00-a-b-01') }],
      },
    ],
  });

  const dump = (from = 0) => [...metadataHistory(storagePlatform().disk, folder, from)];

  it('prints control records and metadata records with where they stand and what caused them', () => {
    write(leaderChange, topic);
    expect(dump()).toMatchObject([
      { offset: 0, epoch: 2, type: 'kraft-version', fields: { kraftVersion: 1 } },
      { offset: 1, epoch: 2, type: 'TopicRecord', fields: { name: 'orders' }, traceparent: '00-a-b-01' },
    ]);
    expect(dump(1)).toHaveLength(1);
  });

  it('ends before a batch that is still being written', () => {
    write(leaderChange, topic.subarray(0, topic.length - 1));
    expect(dump()).toHaveLength(1);
  });

  it('names the offset of a damaged batch', () => {
    const damaged = Buffer.from(topic);
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 1) ^ 1, damaged.length - 1);
    write(leaderChange, damaged);
    expect(() => dump()).toThrow('the batch at offset 1 fails its CRC');
  });

  it('says where it looked in vain', () => {
    expect(() => [...metadataHistory(storagePlatform().disk, '/nowhere')]).toThrow('/nowhere/__cluster_metadata-0');
  });
});
