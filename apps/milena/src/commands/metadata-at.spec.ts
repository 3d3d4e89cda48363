import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMetadataRecord } from '@milena/metadata';
import { metadataAt } from '@milena/metadata-follower';
import { offset, timestampMs } from '@milena/model';
import { encodeBatch, encodeControlBatch } from '@milena/record-batch';
import { commandOutcome } from '../../test/command-outcome';
import { batch, MetadataLogFolder, snapshot, topic } from '../../test/metadata-log';
import type { OutputFormat } from '../output/printer';
import { metadataAtCommand } from './metadata-at';
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

describe('metadata at, as a command', () => {
  const FIRST = Date.parse('2026-11-22T07:00:00Z');
  const SECOND = Date.parse('2026-11-22T07:00:10Z');

  let log: MetadataLogFolder;
  beforeEach(() => (log = new MetadataLogFolder()));
  afterEach(() => log.remove());

  const at = (point: string, output: OutputFormat = 'table', path = log.path) =>
    commandOutcome(() => metadataAtCommand(point, path, { output }));
  const told = (place: string, ...names: readonly string[]) => ({
    code: 0,
    message: '',
    stdout: [
      `as of ${place}\n`,
      ...names.map((name) => `TopicRecord {"name":"${name}","topicId":"${name.padEnd(21, '0')}A"}\n`),
    ].join(''),
  });

  describe('of a whole log', () => {
    beforeEach(() =>
      log.append(0, batch({ at: 0, time: FIRST }, topic('a'), topic('b')), batch({ at: 2, time: SECOND }, topic('c'))),
    );
    const atFirst = told('offset 1, epoch 2, 2026-11-22T07:00:00.000Z', 'a', 'b');
    const atSecond = told('offset 2, epoch 2, 2026-11-22T07:00:10.000Z', 'a', 'b', 'c');

    it('takes a time as ISO 8601 in any zone, as milliseconds, or an offset, whose whole batch counts', async () => {
      for (const point of ['2026-11-22T07:00:00Z', '2026-11-22T09:00:09.999+02:00', `${SECOND - 1}`, '0', '1']) {
        expect([point, await at(point)]).toEqual([point, atFirst]);
      }
    });

    it('has what was written at that very time, and everything after the last record', async () => {
      for (const point of ['2026-11-22T07:00:10Z', `${SECOND}`, '2', '99999999999', '2026-11-23', '999999999999999']) {
        expect([point, await at(point)]).toEqual([point, atSecond]);
      }
    });

    it('has nothing at a time before the first record', async () => {
      const none = told('offset -1, epoch -1, before the first record');
      expect(await at('2026-11-22T06:59:59.999Z')).toEqual(none);
      expect(JSON.parse((await at(`${FIRST - 1}`, 'json')).stdout)).toEqual({ offset: -1, epoch: -1, records: [] });
      expect((await at(`${FIRST - 1}`, 'ndjson')).stdout).toBe('');
    });

    it('says as JSON where it stands, and as lines of JSON only the records', async () => {
      expect(JSON.parse((await at(`${FIRST}`, 'json')).stdout)).toEqual({
        offset: 1,
        epoch: 2,
        timestamp: FIRST,
        records: [topic('a'), topic('b')],
      });
      const { stdout } = await at(`${FIRST}`, 'ndjson');
      expect(stdout).toBe([topic('a'), topic('b')].map((record) => `${JSON.stringify(record)}\n`).join(''));
    });

    it.each(['yesterday', 'orders-1', '-1', '2026-1-1', '2026-13-01', '1234567890123456', ''])(
      'refuses %p with code 2',
      async (point) => {
        expect(await at(point)).toEqual({
          code: 2,
          stdout: '',
          message: `${point}: must be an offset or a time, as in 2026-11-22T07:00:00Z`,
        });
      },
    );
  });

  it('ends with 3 for a time that was cleaned, and has the snapshot from the time of its last record on', async () => {
    log.addSnapshot(100, snapshot(FIRST, topic('old')));
    log.append(100, batch({ at: 100, time: SECOND }, topic('new')));
    expect(await at(`${FIRST - 1}`)).toEqual({
      code: 3,
      stdout: '',
      message: 'the log was cleaned: it begins with a snapshot of what was before offset 100',
    });
    expect(await at(`${FIRST}`)).toEqual(told('offset 99, epoch 2, 2026-11-22T07:00:00.000Z', 'old'));
    expect(await at(`${SECOND}`)).toEqual(told('offset 100, epoch 2, 2026-11-22T07:00:10.000Z', 'new', 'old'));
  });

  it('ends with 3 where there is no log', async () => {
    const message = '/nowhere/__cluster_metadata-0: no metadata log there';
    expect(await at('0', 'table', '/nowhere')).toEqual({ code: 3, stdout: '', message });
  });
});
