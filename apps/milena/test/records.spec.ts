import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundles, run, runWithInput, startDev } from './dev-process';

jest.setTimeout(60_000);

describe('records and groups from the command line', () => {
  let folder: string;
  beforeAll(buildBundles);
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'milena-records-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('produces and consumes by key, header, partition and position', async () => {
    const { dev, ready } = await startDev(folder, '--gateways', '0', '--shims', '0');
    const address = ['-b', ready.bootstrap];
    await run('milena', 'topic', 'create', 'orders', '--partitions', '3', ...address);
    const produce = (text: string, ...args: readonly string[]) =>
      runWithInput(text, 'milena', 'produce', 'orders', ...args);
    const keyed = await produce(
      'k1:one\nk1:two\nthree\n',
      '-k',
      ':',
      '-H',
      'a:b',
      '-z',
      'gzip',
      '-o',
      'ndjson',
      ...address,
    );
    const rows = keyed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { records: number });
    expect(rows.reduce((sum, { records }) => sum + records, 0)).toBe(3);
    const consumed = await run('milena', 'consume', 'orders', '-e', '-f', '%k|%v|%h\\n', ...address);
    expect(consumed.stdout.trim().split('\n').sort()).toEqual(['k1|one|a=b', 'k1|two|a=b', '|three|a=b']);
    await produce('p1\np2\np3', '-p', '2', '--acks', '1', ...address);
    const last = await run('milena', 'consume', 'orders', '-p', '2', '-o', '-2', '-n', '1', ...address);
    expect(last).toMatchObject({ code: 0, stdout: 'p2\n' });
    expect(await run('milena', 'consume', 'nothing', '-e', ...address)).toMatchObject({ code: 3, stdout: '' });
    const late = await run('milena', 'consume', 'orders', '-o', 'end', '--timeout', '300', ...address);
    expect(late).toMatchObject({ code: 124, stdout: '' });
    expect(await produce('x', '-p', '9', ...address)).toMatchObject({ code: 3, stdout: '' });
    expect(await run('milena', 'consume', 'orders', '-g', 'g', '-p', '1', ...address)).toMatchObject({ code: 2 });
    expect(await dev.stop()).toBe(0);
  });

  it('consumes as a member of a group that goes on where it was, and shows its lag', async () => {
    const { dev, ready } = await startDev(
      folder,
      ...['--gateways', '0', '--shims', '0', '--set', 'group.initial.rebalance.delay.ms=0'],
    );
    const address = ['-b', ready.bootstrap];
    await run('milena', 'topic', 'create', 'orders', '--config', 'retention.ms=60000', ...address);
    await runWithInput('one\ntwo\n', 'milena', 'produce', 'orders', ...address);
    const read = () => run('milena', 'consume', 'orders', '-g', 'billing', '-e', ...address);
    const none = await run('milena', 'consume', 'orders', '-g', 'billing', '-e', '-n', '0', ...address);
    expect(none).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await read()).toEqual({ code: 0, stdout: 'one\ntwo\n', stderr: '' });
    await runWithInput('three\n', 'milena', 'produce', 'orders', ...address);
    const described = await run('milena', 'group', 'describe', 'billing', '-o', 'json', ...address);
    expect(JSON.parse(described.stdout)).toMatchObject([
      { groupId: 'billing', state: 'Empty', lag: 1, offsets: [{ topic: 'orders', committed: 2, end: 3, lag: 1 }] },
    ]);
    expect(await read()).toMatchObject({ code: 0, stdout: 'three\n' });
    const deleted = await run('milena', 'group', 'delete', 'billing', 'nobody', ...address);
    expect(deleted).toMatchObject({ code: 3, stdout: 'DELETED\nbilling\n' });
    expect(deleted.stderr).toContain('group nobody: GROUP_ID_NOT_FOUND');

    await run(
      'milena',
      'config',
      'set',
      'topic',
      'orders',
      'cleanup.policy=compact',
      '--delete',
      'retention.ms',
      ...address,
    );
    const changed = await run('milena', 'config', 'get', 'topic', 'orders', '--changed', '-o', 'ndjson', ...address);
    expect(JSON.parse(changed.stdout)).toMatchObject({ key: 'cleanup.policy', value: 'compact', source: 'topic' });
    const brokers = await run('milena', 'broker', 'list', '-o', 'yaml', ...address);
    expect(brokers.stdout).toContain('- id: 1\n');
    expect(await dev.stop()).toBe(0);
  });
});
