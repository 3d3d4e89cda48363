import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMetadataRecord } from '@milena/metadata';
import { metadataAt } from '@milena/metadata-follower';
import { offset, timestampMs } from '@milena/model';
import { encodeBatch, encodeControlBatch } from '@milena/record-batch';
import { storagePlatform } from './storage-platform';

const WRITTEN = timestampMs(1_700_000_000_000);

function topics(baseOffset: number, ...names: readonly string[]): Buffer {
  const records = names.map((name, index) => {
    const topicId = `${'A'.repeat(20)}${(baseOffset + index).toString().padStart(2, 'A')}`;
    return { value: encodeMetadataRecord({ type: 'TopicRecord', name, topicId }) };
  });
  return encodeBatch({ baseOffset: offset(baseOffset), partitionLeaderEpoch: 2, timestamp: WRITTEN, records });
}

function control(baseOffset: number, record: Parameters<typeof encodeControlBatch>[0]['records'][number]): Buffer {
  const place = { baseOffset: offset(baseOffset), partitionLeaderEpoch: 2, timestamp: WRITTEN };
  return encodeControlBatch({ ...place, records: [record] });
}

describe('metadata at, of a log that was cleaned behind a snapshot', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'milena-at-'));
    const log = join(folder, '__cluster_metadata-0');
    mkdirSync(log);
    const header = control(0, { type: 'snapshot-header', lastContainedLogTimestamp: WRITTEN });
    const snapshot = [header, topics(1, 'old', 'older'), control(3, { type: 'snapshot-footer' })];
    writeFileSync(join(log, '00000000000000000100-0000000002.checkpoint'), Buffer.concat(snapshot));
    writeFileSync(join(log, '00000000000000000100.log'), Buffer.concat([topics(100, 'new'), topics(101, 'newest')]));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const names = (at: number): readonly string[] =>
    [...metadataAt(storagePlatform().disk, folder, { offset: at }).image.topics()].map(({ name }) => name).sort();

  it('has what the snapshot holds and what the log adds up to the point', () => {
    expect(names(99)).toEqual(['old', 'older']);
    expect(names(100)).toEqual(['new', 'old', 'older']);
    expect(names(101)).toEqual(['new', 'newest', 'old', 'older']);
  });

  it('stands where the snapshot ends, or at the last record after it', () => {
    const { image } = metadataAt(storagePlatform().disk, folder, { offset: 99 });
    expect(image.provenance).toEqual({ offset: 99, epoch: 2 });
  });

  it('refuses a point before the snapshot', () => {
    expect(() => names(50)).toThrow('the log was cleaned');
  });
});
