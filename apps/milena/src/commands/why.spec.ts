import type { MetadataRecord } from '@milena/metadata';
import { offset } from '@milena/model';
import { commandOutcome } from '../../test/command-outcome';
import { batch, MetadataLogFolder, topic, topicId } from '../../test/metadata-log';
import type { OutputFormat } from '../output/printer';
import { whyCommand } from './why';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

const change = (name: string, partitionId: number): MetadataRecord => ({
  type: 'PartitionChangeRecord',
  topicId: topicId(name),
  partitionId,
  leader: 1,
});
const config = (resourceType: 'TOPIC' | 'BROKER', resourceName: string, name: string): MetadataRecord => ({
  type: 'ConfigRecord',
  resourceType,
  resourceName,
  name,
  value: '1',
});
const fence: MetadataRecord = { type: 'FenceBrokerRecord', brokerId: 1, brokerEpoch: offset(1) };

describe('why', () => {
  let log: MetadataLogFolder;
  beforeAll(() => {
    log = new MetadataLogFolder();
    log.append(
      0,
      batch({ at: 0 }, topic('orders'), change('orders', 3)),
      batch({ at: 2, traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, fence, change('orders', 3)),
      batch({ at: 4 }, config('TOPIC', 'orders', 'retention.ms')),
      batch({ at: 5 }, config('TOPIC', 'orders', 'cleanup.policy')),
      batch({ at: 6 }, config('BROKER', '1', 'log.retention.ms')),
      batch({ at: 7 }, config('BROKER', '', 'log.retention.ms')),
      batch({ at: 8 }, topic('a-b-1'), change('a-b-1', 20)),
    );
  });
  afterAll(() => log.remove());

  const why = (subject: string, output: OutputFormat = 'table') =>
    commandOutcome(() => whyCommand(subject, log.path, { output }));

  it('prints what changed a partition, what it was because of, and the trace below what the trace changed', async () => {
    const { code, stdout } = await why('orders-3');
    expect(code).toBe(0);
    const start = '     2  2026-11-22T07:00:00.000Z  ';
    expect(stdout.split('\n').map((line) => line.replace(/ \{.*/, ''))).toEqual([
      `                0${start}TopicRecord`,
      `                1${start}PartitionChangeRecord`,
      `  because       2${start}FenceBrokerRecord`,
      `                3${start}PartitionChangeRecord`,
      `                         trace ${TRACE}`,
      '',
    ]);
  });

  it('gives roles and whole traces as data', async () => {
    const { stdout } = await why('broker:1', 'json');
    const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
    expect(JSON.parse(stdout)).toMatchObject([
      { role: 'change', offset: 2, type: 'FenceBrokerRecord', brokerId: 1, traceparent },
    ]);
  });

  it.each([
    ['orders-3', [0, 1, 2, 3]],
    ['a-b-1-20', [8, 9]],
    ['broker:1', [2]],
    ['topic:orders', [4, 5]],
    ['topic:orders/retention.ms', [4]],
    ['broker:1/log.retention.ms', [6]],
    ['broker:/log.retention.ms', [7]],
  ])('takes %s for what it names', async (subject, offsets) => {
    const { stdout } = await why(subject, 'ndjson');
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { offset: number }).offset)).toEqual(offsets);
  });

  it.each(['nothing-0', 'broker:9', 'topic:nothing', 'topic:orders/no.such.key', 'broker:1/no.such.key'])(
    'ends with 3 for %s, of which the log has no record',
    async (subject) => {
      const message = `${subject}: the log has no record of it`;
      expect(await why(subject)).toEqual({ code: 3, stdout: '', message });
      expect(await why(subject, 'json')).toEqual({ code: 3, stdout: '', message });
    },
  );

  it.each(['orders', 'orders-', '-3', 'orders-x', 'orders-1234567890', 'group:billing', ''])(
    'refuses %p with the forms there are',
    async (subject) => {
      expect(await why(subject)).toEqual({
        code: 2,
        stdout: '',
        message: `${subject}: must be a partition (orders-3), broker:ID, or configuration (topic:NAME/KEY, broker:ID/KEY)`,
      });
    },
  );

  it('ends with 3 where there is no log', async () => {
    const outcome = await commandOutcome(() => whyCommand('orders-3', '/nowhere', { output: 'table' }));
    expect(outcome).toMatchObject({ code: 3, stdout: '' });
    expect(outcome.message).toBe('/nowhere/__cluster_metadata-0: no metadata log there');
  });
});
