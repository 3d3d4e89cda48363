import { commandOutcome } from '../../test/command-outcome';
import { batch, MetadataLogFolder, snapshot, topic, WRITTEN } from '../../test/metadata-log';
import { tailMetadata, type TailOptions } from './metadata-tail';

const TIME = '2026-11-22T07:00:00.000Z';

describe('metadata tail', () => {
  let log: MetadataLogFolder;
  beforeEach(() => (log = new MetadataLogFolder()));
  afterEach(() => log.remove());

  const tail = (lines: number, output: TailOptions['output'] = 'table', path = log.path) =>
    commandOutcome(() => tailMetadata(path, { lines, output }));
  const names = ({ stdout }: { readonly stdout: string }) =>
    [...stdout.matchAll(/"name":"(\w+)"/g)].map(([, name]) => name);

  it('prints the last records with offset, epoch, time, type and content, the newest last', async () => {
    log.append(0, batch({ at: 0 }, topic('a'), topic('b')), batch({ at: 2 }, topic('c')));
    const { code, stdout } = await tail(2);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      `       1     2  ${TIME}  TopicRecord {"name":"b","topicId":"b00000000000000000000A"}`,
      `       2     2  ${TIME}  TopicRecord {"name":"c","topicId":"c00000000000000000000A"}`,
      '',
    ]);
  });

  it('prints as many as there are when more are asked for, and nothing when none are', async () => {
    log.append(0, batch({ at: 0 }, topic('a'), topic('b')));
    expect(names(await tail(10))).toEqual(['a', 'b']);
    expect(await tail(0)).toEqual({ code: 0, stdout: '', message: '' });
  });

  it('prints a line of JSON per record, with the trace that caused it', async () => {
    log.append(0, batch({ at: 0, traceparent: '00-aa-bb-01' }, topic('a')));
    expect(JSON.parse((await tail(10, 'json')).stdout)).toEqual({
      offset: 0,
      epoch: 2,
      timestamp: WRITTEN,
      ...topic('a'),
      traceparent: '00-aa-bb-01',
    });
  });

  it('reads over the borders of segments, back into the snapshot that a cleaned log begins with', async () => {
    log.addSnapshot(100, snapshot(WRITTEN, topic('old')));
    log.append(100, batch({ at: 100 }, topic('b')));
    log.append(101, batch({ at: 101 }, topic('c')));
    expect(names(await tail(2))).toEqual(['b', 'c']);
    const { stdout } = await tail(4);
    expect(names({ stdout })).toEqual(['old', 'b', 'c']);
    expect(stdout).toMatch(/"old".*\}  snapshot 100-2\n/);
  });

  it('passes over a batch that is still being written', async () => {
    log.append(0, batch({ at: 0 }, topic('a')), batch({ at: 1 }, topic('b')).subarray(0, -1));
    expect(names(await tail(10))).toEqual(['a']);
  });

  it('ends with 1 at a damaged batch, and with 3 where there is no log', async () => {
    const damaged = batch({ at: 1 }, topic('b'));
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 1) ^ 1, damaged.length - 1);
    log.append(0, batch({ at: 0 }, topic('a')), damaged);
    const broken = await tail(10);
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.message).toMatch(/\/0{20}\.log: the batch at offset 1 fails its CRC$/);
    expect(await tail(10, 'table', '/nowhere')).toEqual({
      code: 3,
      stdout: '',
      message: '/nowhere/__cluster_metadata-0: no metadata log there',
    });
  });
});
