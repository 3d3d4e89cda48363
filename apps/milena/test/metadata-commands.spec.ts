import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundles, bundle, run, runIn, Running, startDev } from './dev-process';
import { batch, MetadataLogFolder, snapshot, topic, WRITTEN } from './metadata-log';
import { until } from './until';

jest.setTimeout(60_000);

const tails: Running[] = [];
afterEach(async () => {
  for (const tail of tails.splice(0)) await tail.stop();
});

function tailing(path: string, ...args: readonly string[]): Running {
  const tail = Running.start([process.execPath, bundle('milena'), 'metadata', 'tail', '-f', path, ...args]);
  tails.push(tail);
  return tail;
}

/** What the complete lines of JSON on stdout say under a key. */
function told(tail: Running, key: string): readonly unknown[] {
  const lines = tail.stdout.split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as Readonly<Record<string, unknown>>)[key]);
}

/** Stops what only a signal ends; it has nothing to complain of. */
async function interrupt(tail: Running): Promise<void> {
  tail.child.kill('SIGINT');
  await until(() => tail.child.exitCode !== null || tail.child.signalCode !== null);
  await tail.stop();
  expect([tail.child.exitCode, tail.child.signalCode, tail.stderr]).toEqual([null, 'SIGINT', '']);
}

describe('a metadata log that is written while somebody reads it', () => {
  let log: MetadataLogFolder;
  beforeAll(buildBundles);
  beforeEach(() => (log = new MetadataLogFolder()));
  afterEach(() => log.remove());

  it('is followed from its last records on, once each, over a half written batch and segments, until a signal', async () => {
    const halved = batch({ at: 3 }, topic('d'), topic('e'));
    log.append(0, batch({ at: 0 }, topic('a'), topic('b'), topic('c')), halved.subarray(0, 70));
    const tail = tailing(log.path, '-n', '2', '-o', 'json');
    await until(() => told(tail, 'name').length === 2);
    log.append(0, halved.subarray(70));
    await until(() => told(tail, 'name').includes('e'));
    log.append(0, batch({ at: 5 }, topic('f')));
    log.append(6, batch({ at: 6 }, topic('g')));
    await until(() => told(tail, 'name').includes('g'));
    await interrupt(tail);
    expect(told(tail, 'name')).toEqual(['b', 'c', 'd', 'e', 'f', 'g']);
    expect(told(tail, 'offset')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is followed from the snapshot on that it begins with, and into another one', async () => {
    log.addSnapshot(100, snapshot(WRITTEN, topic('old')));
    log.append(100);
    const tail = tailing(log.path, '-o', 'json');
    await until(() => told(tail, 'name').includes('old'));
    log.append(100, batch({ at: 100 }, topic('new')));
    await until(() => told(tail, 'name').includes('new'));
    log.replace(200, snapshot(WRITTEN, topic('newer')));
    log.append(200, batch({ at: 200 }, topic('newest')));
    await until(() => told(tail, 'name').includes('newest'));
    tail.child.stdout?.destroy();
    log.append(200, batch({ at: 201 }, topic('unread')));
    await until(() => tail.child.exitCode === 0);
    expect(tail.stderr).toBe('');
  });

  it('is followed from now on with -n 0, and shows its last ten records without -n', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `t${at}`);
    log.append(0, batch({ at: 0 }, ...names.map(topic)));
    const { stdout } = await run('milena', 'metadata', 'tail', log.path, '-o', 'ndjson');
    expect(stdout.match(/t\d+(?=")/g)).toEqual(names.slice(2));
    const tail = tailing(log.path, '-n', '0', '-o', 'json');
    let end = 12;
    await until(() => {
      log.append(0, batch({ at: end++ }, topic('new')));
      return tail.stdout.includes('\n');
    });
    await interrupt(tail);
    expect(new Set(told(tail, 'name'))).toEqual(new Set(['new']));
  });

  it('ends its reader with code 1 at a batch that is damaged', async () => {
    log.append(0, batch({ at: 0 }, topic('a')));
    const tail = tailing(log.path, '-o', 'json');
    await until(() => told(tail, 'name').length === 1);
    const damaged = batch({ at: 1 }, topic('b'));
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 1) ^ 1, damaged.length - 1);
    log.append(0, damaged);
    await until(() => tail.child.exitCode !== null);
    expect(await tail.stop()).toBe(1);
    expect(tail.stderr).toMatch(/^milena: .*\/0{20}\.log: the batch at offset 1 fails its CRC\n$/);
    expect(told(tail, 'name')).toEqual(['a']);
  });
});

describe('the metadata log of a controller that runs', () => {
  let folder: string;
  beforeAll(buildBundles);
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'milena-metadata-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is followed as topics are made, and asked why and what was', async () => {
    const { dev, ready } = await startDev(join(folder, '.milena', 'dev'), '--gateways', '0', '--shims', '0');
    const path = join(folder, '.milena', 'dev', 'controller-101');
    const tail = tailing(path, '-n', '1', '-o', 'json');
    await until(() => told(tail, 'offset').length > 0);
    for (const name of ['orders', 'bills']) await run('milena', 'topic', 'create', name, '-b', ready.bootstrap);
    await until(() => told(tail, 'name').includes('bills'));
    await interrupt(tail);
    const made = Number(told(tail, 'offset')[told(tail, 'name').indexOf('bills')]);

    const why = await run('milena', 'why', 'bills-0', path, '-o', 'ndjson');
    expect(JSON.parse(why.stdout.split('\n', 1)[0] ?? '')).toMatchObject({ role: 'change', offset: made });
    expect(await runIn(folder, 'milena', 'why', 'bills-0', '-o', 'ndjson')).toEqual(why);
    expect(await run('milena', 'why', 'nothing-0', path)).toEqual({
      code: 3,
      stdout: '',
      stderr: 'milena: nothing-0: the log has no record of it\n',
    });
    const before = await run('milena', 'metadata', 'at', `${made - 1}`, path);
    const then = await run('milena', 'metadata', 'at', new Date().toISOString(), path);
    const topics = ({ stdout }: { readonly stdout: string }) =>
      [...stdout.matchAll(/^TopicRecord \{"name":"(\w+)"/gm)].map(([, name]) => name).sort();
    expect([topics(before), topics(then)]).toEqual([['orders'], ['bills', 'orders']]);
    expect(await dev.stop()).toBe(0);
  });
});
