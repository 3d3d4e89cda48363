import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOutcome } from '../../test/command-outcome';
import { dumpMetadata } from './metadata-dump';
import { formatStorageCommand, type FormatOptions } from './storage';
import { storageInfo } from './storage-info';

const CLUSTER = '5L6g3nShT-eMCtK--X86sw';
const [ID_1, ID_2, ID_3] = ['JEXY6aqzQY-32P5TStzaFg', '7Ys0aGVZS1qHLGvFLt-9kQ', 'Q0jpBAQmQVOJdcqrlz5upw'] as const;
const CONTROLLER = [
  'node.id=1',
  'process.roles=controller',
  'controller.listener.names=CONTROLLER',
  'listeners=CONTROLLER://127.0.0.1:9093',
  'advertised.listeners=CONTROLLER://one.example:19093',
];
const BROKER = ['node.id=1', 'process.roles=broker', 'controller.listener.names=CONTROLLER'];
const ASKING = 'controller.quorum.bootstrap.servers=one.example:19093';
const STATIC = 'controller.quorum.voters=1@one.example:19093';

describe('storage format', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'milena-format-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const data = () => join(folder, 'data');
  const logFile = (name: string) => join(data(), '__cluster_metadata-0', name);
  const checkpoint = () => logFile('00000000000000000000-0000000000.checkpoint');

  function configured(...lines: readonly string[]): string {
    const config = join(folder, 'server.properties');
    writeFileSync(config, [...lines, `log.dirs=${data()}`].join('\n'));
    return config;
  }

  const format = (config: string, options: Partial<FormatOptions> = {}) =>
    commandOutcome(() =>
      formatStorageCommand({ config, clusterId: CLUSTER, set: [], feature: [], output: 'json', ...options }, {}),
    );

  async function info(config: string): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await commandOutcome(() => storageInfo({ config, output: 'json' }, {}));
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  }

  it('makes a standalone controller the only voter, under its own directory id and advertised address', async () => {
    const config = configured(...CONTROLLER, ASKING);
    const { code, stdout } = await format(config, { standalone: true, output: 'table' });
    expect(code).toBe(0);
    const { directoryId, ...rest } = await info(config);
    expect(rest).toEqual({
      logFolder: data(),
      metadataLogFolder: data(),
      clusterId: CLUSTER,
      nodeId: 1,
      firstVoters: [`1@one.example:19093:${String(directoryId)}`],
    });
    const [heading, row] = stdout.trim().split('\n');
    expect(heading?.split(/ +/)).toEqual(['FOLDER', 'NODE', 'CLUSTER', 'DIRECTORY', 'FORMATTED']);
    expect(row?.split(/ +/)).toEqual([data(), '1', CLUSTER, directoryId, 'now']);
    const properties = readFileSync(join(data(), 'meta.properties'), 'utf8');
    expect(properties).toContain(
      `\ncluster.id=${CLUSTER}\ndirectory.id=${String(directoryId)}\nnode.id=1\nversion=1\n`,
    );
  });

  it('takes initial controllers by name, IPv4 and IPv6, with spaces around commas, and its own id from them', async () => {
    const config = configured(...CONTROLLER, ASKING);
    const voters = [`1@one.example:19093:${ID_1}`, `2@10.0.0.2:9093:${ID_2}`, `3@[::1]:9093:${ID_3}`];
    expect(await format(config, { initialControllers: voters.join(' , ') })).toMatchObject({ code: 0 });
    expect(await info(config)).toMatchObject({ nodeId: 1, directoryId: ID_1, firstVoters: voters });
    const { stdout } = await commandOutcome(() => dumpMetadata(checkpoint(), { from: 0, output: 'ndjson' }));
    const records = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]));
    expect(records).toMatchObject([
      { type: 'snapshot-header' },
      { type: 'kraft-version', kraftVersion: 1 },
      { type: 'voters', voters: [{ voterId: 1, directoryId: ID_1 }, { voterId: 2 }, { voterId: 3 }] },
      { type: 'snapshot-footer' },
    ]);
  });

  it.each([
    '',
    'one.example:19093',
    `one.example:19093:${ID_1}`,
    `x@one.example:19093:${ID_1}`,
    `-1@one.example:19093:${ID_1}`,
    `1234567890@one.example:19093:${ID_1}`,
    '1@one.example:19093',
    `1@one.example:${ID_1}`,
    `1@one.example:65536:${ID_1}`,
    `1@::1:19093:${ID_1}`,
    '1@one.example:19093:short',
    '1@one.example:19093:AAAAAAAAAAAAAAAAAAAAAB',
    '1@one.example:19093:AAAAAAAAAAAAAAAAAAAAAA',
    `1@:19093:${ID_1}`,
    `1@one.example:0:${ID_1}`,
  ])('refuses %p among the initial controllers, names it, and writes nothing', async (malformed) => {
    const config = configured(...CONTROLLER, ASKING);
    const message = `--initial-controllers: ${malformed}: must be id@host:port:directoryId`;
    for (const given of [`${malformed},2@two:1:${ID_2}`, `2@two:1:${ID_2},${malformed}`]) {
      expect(await format(config, { initialControllers: given })).toEqual({ code: 2, stdout: '', message });
    }
    expect(existsSync(data())).toBe(false);
  });

  it('refuses a voter or directory id that is named twice, and a list without this node, and writes nothing', async () => {
    const config = configured(...CONTROLLER, ASKING);
    const [own, other] = [`1@one.example:19093:${ID_1}`, `2@two.example:19093:${ID_2}`];
    expect(await format(config, { initialControllers: `${own},${other},2@three.example:19093:${ID_3}` })).toEqual({
      code: 2,
      stdout: '',
      message: '--initial-controllers names 2 twice',
    });
    expect(await format(config, { initialControllers: `${own},2@two.example:19093:${ID_1}` })).toMatchObject({
      code: 2,
      message: `--initial-controllers names ${ID_1} twice`,
    });
    const message = 'node.id 1 is not among the initial voters';
    expect(await format(config, { initialControllers: other })).toEqual({ code: 1, stdout: '', message });
    expect(existsSync(data())).toBe(false);
  });

  it('refuses voters beside controller.quorum.voters, and formats without (KAFKA-19489)', async () => {
    const config = configured(...CONTROLLER, STATIC);
    const message = 'controller.quorum.voters already names the voters; leave out one of the two';
    for (const given of [{ standalone: true }, { initialControllers: `1@one.example:19093:${ID_1}` }] as const) {
      expect(await format(config, given)).toEqual({ code: 2, stdout: '', message });
    }
    expect(existsSync(data())).toBe(false);
    expect(await format(config)).toMatchObject({ code: 0 });
    expect(existsSync(checkpoint())).toBe(false);
    expect(await info(config)).not.toHaveProperty('firstVoters');
  });

  it('makes no voter of a broker', async () => {
    const config = configured(...BROKER, ASKING);
    const message = 'node 1 is no controller, so it cannot be a voter';
    expect(await format(config, { standalone: true })).toEqual({ code: 2, stdout: '', message });
    expect(await format(config)).toMatchObject({ code: 0 });
    expect(existsSync(checkpoint())).toBe(false);
  });

  it('makes a controller say whether it founds a quorum or joins one', async () => {
    const config = configured(...CONTROLLER, ASKING);
    const unsaid = await format(config);
    expect(unsaid).toMatchObject({ code: 2, stdout: '' });
    expect(unsaid.message).toMatch(/--standalone .*--initial-controllers .*--no-initial-controllers/);
    expect(await format(config, { initialControllers: false })).toMatchObject({ code: 0 });
    expect(existsSync(checkpoint())).toBe(false);
  });

  it('refuses a formatted folder, or leaves it as it is when told to, whoever votes by then', async () => {
    const config = configured(...CONTROLLER, ASKING);
    await format(config, { standalone: true });
    const [before, bytes] = [await info(config), readFileSync(checkpoint())];
    const message = `log folder ${data()} is already formatted for node.id 1`;
    expect(await format(config, { standalone: true })).toEqual({ code: 1, stdout: '', message });
    const initialControllers = `1@one.example:19093:${ID_1},2@two.example:19093:${ID_2}`;
    const ignored = await format(config, { initialControllers, ignoreFormatted: true });
    expect(JSON.parse(ignored.stdout)).toEqual([
      { logFolder: data(), written: false, clusterId: CLUSTER, nodeId: 1, directoryId: before['directoryId'] },
    ]);
    expect(await info(config)).toEqual(before);
    expect(readFileSync(checkpoint())).toEqual(bytes);
  });

  it("refuses another cluster's or node's folder whatever is ignored", async () => {
    const config = configured(...CONTROLLER, ASKING);
    await format(config, { standalone: true });
    const ignoring = { standalone: true, ignoreFormatted: true } as const;
    expect(await format(config, { ...ignoring, clusterId: ID_3 })).toEqual({
      code: 1,
      stdout: '',
      message: `log folder ${data()} belongs to cluster ${CLUSTER}, but this node is configured for cluster ${ID_3}`,
    });
    expect(await format(config, { ...ignoring, set: ['node.id=5'] })).toEqual({
      code: 1,
      stdout: '',
      message: `log folder ${data()} belongs to node.id 1, but this node is configured as node.id 5`,
    });
  });

  it('refuses a cluster id that is none', async () => {
    const config = configured(...CONTROLLER, ASKING);
    const message = '--cluster-id mine: must be an id as storage random-uuid makes';
    expect(await format(config, { standalone: true, clusterId: 'mine' })).toEqual({ code: 2, stdout: '', message });
    expect(existsSync(data())).toBe(false);
  });
});
