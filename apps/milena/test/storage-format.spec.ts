import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../src/dev/free-ports';
import { buildBundles, bundle, run, Running } from './dev-process';
import { until } from './until';

jest.setTimeout(60_000);

const CLUSTER = '5L6g3nShT-eMCtK--X86sw';
const DIRECTORY = 'JEXY6aqzQY-32P5TStzaFg';

describe('a controller formatted from the command line', () => {
  let folder: string;
  let config: string;
  let address: string;
  beforeAll(buildBundles);
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'milena-formatted-'));
    config = join(folder, 'server.properties');
    const [port] = await freePorts('127.0.0.1', 1);
    address = `127.0.0.1:${port}`;
    const lines = [
      'node.id=1',
      'process.roles=controller',
      'controller.listener.names=CONTROLLER',
      `listeners=CONTROLLER://${address}`,
      `log.dirs=${folder}/data`,
    ];
    writeFileSync(config, lines.join('\n'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const asking = () => ['--set', `controller.quorum.bootstrap.servers=${address}`];
  const format = (...args: readonly string[]) =>
    run('milena', 'storage', 'format', '--config', config, '--cluster-id', CLUSTER, ...asking(), ...args);

  it.each([
    ['--standalone', () => ['--standalone']],
    ['--initial-controllers', () => ['--initial-controllers', `1@${address}:${DIRECTORY}`]],
  ])('leads the quorum that %s made it the voter of', async (option, args) => {
    const formatted = await format(...args(), '-o', 'json');
    expect(formatted).toMatchObject({ code: 0, stderr: '' });
    const [{ directoryId }] = JSON.parse(formatted.stdout) as [{ readonly directoryId: string }];
    if (option === '--initial-controllers') expect(directoryId).toBe(DIRECTORY);

    const controller = Running.start([process.execPath, bundle('milena'), 'server', '--config', config, ...asking()]);
    const describe = ['quorum', 'describe', '--bootstrap-controller', address, '-o', 'json'];
    await until(async () => (await run('milena', ...describe)).code === 0);
    expect(JSON.parse((await run('milena', ...describe)).stdout)).toMatchObject({
      clusterId: CLUSTER,
      leaderId: 1,
      voters: [{ id: 1, directoryId, endpoint: address }],
    });
    expect(await controller.stop()).toBe(0);
  });

  it('is not started with static voters beside its own (KAFKA-19489)', async () => {
    await format('--standalone');
    const server = await run('milena', 'server', '--config', config, '--set', `controller.quorum.voters=1@${address}`);
    expect(server).toMatchObject({ code: 1, stdout: '' });
    expect(server.stderr).toContain(
      `${folder}/data/__cluster_metadata-0 was formatted with voters, so controller.quorum.voters must not be set`,
    );
  });

  it.each([
    [['--initial-controllers', `1@one.example:9093:${DIRECTORY}`], "'--initial-controllers <voters>'"],
    [['--no-initial-controllers'], "'--no-initial-controllers'"],
  ])('is not formatted with --standalone beside %j', async (args, named) => {
    expect(await format('--standalone', ...args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `milena: option '--standalone' cannot be used with option ${named}; --help shows what is possible\n`,
    });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('says in one line why it is not formatted again', async () => {
    await format('--standalone');
    const stderr = `milena: log folder ${folder}/data is already formatted for node.id 1\n`;
    expect(await format('--standalone')).toEqual({ code: 1, stdout: '', stderr });
    expect(await format('--standalone', '--ignore-formatted')).toMatchObject({ code: 0, stderr: '' });
  });
});
