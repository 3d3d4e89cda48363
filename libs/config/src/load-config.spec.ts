import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type ConfigSources } from './load-config';

const BROKER = `# a broker
process.roles=broker
node.id=1
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=localhost:9093
`;
const CONTROLLER = `process.roles=controller
node.id=101
controller.listener.names=CONTROLLER
controller.quorum.voters=101@localhost:9093
`;
const GATEWAY = `process.roles=gateway
node.id=201
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=localhost:9093
`;

describe('loadConfig', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'milena-config-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function load(content: string, more: Partial<ConfigSources> = {}) {
    const file = join(folder, 'server.properties');
    writeFileSync(file, content);
    const loaded = loadConfig({ file, environment: {}, hostname: 'kafka-1', ...more });
    return loaded.ok ? loaded : { ...loaded, problems: loaded.problems.map((line) => line.replace(`${folder}/`, '')) };
  }

  function configOf(content: string, more: Partial<ConfigSources> = {}) {
    const loaded = load(content, more);
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    return loaded.config;
  }

  it('listens on localhost unless told otherwise', () => {
    const { listeners } = configOf(BROKER);
    expect(listeners.clients.map(({ bind }) => bind)).toEqual([{ host: 'localhost', port: 9092 }]);
    expect(listeners.peer?.bind).toEqual({ host: 'localhost', port: 9094 });
    expect(listeners.controller).toBeUndefined();
    expect(configOf(CONTROLLER).listeners.controller?.advertised).toEqual({ host: 'localhost', port: 9093 });
  });

  it('puts the command line over the environment over the file', () => {
    const file = `${BROKER}num.partitions=2\nlog.dirs=/a\nbroker.rack=file\n`;
    const environment = { KAFKA_NUM_PARTITIONS: '3', KAFKA_LOG_DIRS: '/b', PATH: '/bin' };
    const { server, dataFolder, rack } = configOf(file, { environment, overrides: ['num.partitions=4'] });
    expect([server.number('num.partitions'), dataFolder, rack]).toEqual([4, '/b', 'file']);
  });

  it('reads continuation lines and Java separators, and counts lines as an editor does', () => {
    const loaded = load(`${BROKER}listeners : PLAINTEXT://:19092,\\\n  INTERNAL://:19094\n\nlog.segment.bytes 10k\n`);
    expect(loaded).toEqual({
      ok: false,
      problems: [
        'server.properties:9: log.segment.bytes: must be an integer from 1048576 to 2147483647, in bytes (got "10k")',
      ],
    });
  });

  it('advertises the hostname for a listener that names no host', () => {
    const { listeners } = configOf(`${BROKER}listeners=PLAINTEXT://:9092,INTERNAL://:9094\n`);
    expect(listeners.clients[0]).toMatchObject({ bind: { host: '' }, advertised: { host: 'kafka-1', port: 9092 } });
  });

  it('warns about unknown variables and unsupported keys', () => {
    const loaded = load(`${BROKER}num.io.threads=8\n`, { environment: { KAFKA_OPTS: '-Xmx1G' } });
    expect(loaded).toMatchObject({ ok: true });
    expect(loaded.ok && loaded.warnings.map((line) => line.replace(`${folder}/`, ''))).toEqual([
      'server.properties:6: num.io.threads: is a Kafka key that Milena does not support yet; it has no effect',
      'environment KAFKA_OPTS: opts: unknown key',
    ]);
  });

  it('reads both roles of a combined node', () => {
    const content = `process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
controller.quorum.voters=1@localhost:9093
listeners=PLAINTEXT://localhost:9092,INTERNAL://localhost:9094,CONTROLLER://localhost:9093
`;
    const { listeners, roles, quorum } = configOf(content);
    expect(roles).toEqual({ broker: true, controller: true, gateway: false, zookeeper: false });
    expect(listeners.clients.map(({ name }) => name)).toEqual(['PLAINTEXT']);
    expect([listeners.peer?.name, listeners.controller?.name]).toEqual(['INTERNAL', 'CONTROLLER']);
    expect(quorum.voters).toEqual([{ id: 1, endpoint: { host: 'localhost', port: 9093 } }]);
  });

  it('gives a gateway and a shim their own listeners, and asks for nothing of a broker or controller', () => {
    const gateway = configOf(GATEWAY);
    expect(gateway.endpoints).toEqual({
      admin: { grpc: { host: 'localhost', port: 9644 }, http: { host: 'localhost', port: 8080 } },
    });
    expect(gateway.listeners).toEqual({ clients: [], peer: undefined, controller: undefined });
    const shim = configOf(GATEWAY.replace('gateway', 'zookeeper'));
    expect(shim.endpoints).toEqual({
      zookeeper: { client: { host: 'localhost', port: 2181 }, grpc: { host: 'localhost', port: 9095 } },
      monitor: { host: 'localhost', port: 9404 },
    });
    const all = `${BROKER.replace('=broker', '=broker,gateway,zookeeper')}admin.listeners=HTTP://:1,GRPC://:2\nmonitor.listeners=HTTP://:0\n`;
    expect(configOf(all).endpoints).toMatchObject({
      admin: { grpc: { host: '', port: 2 }, http: { host: '', port: 1 } },
      monitor: { host: '', port: 0 },
    });
  });

  it('serves no monitor where its listeners are empty', () => {
    expect(configOf(`${BROKER}monitor.listeners=\n`).endpoints).toEqual({});
  });

  it.each([
    [
      'an admin listener that is missing',
      `${GATEWAY}admin.listeners=GRPC://:9644\n`,
      'server.properties:5: admin.listeners: must name GRPC and HTTP, as in GRPC://localhost:9644,HTTP://localhost:8080 (got "GRPC://:9644")',
    ],
    [
      'a monitor listener of another name',
      `${BROKER}monitor.listeners=GRPC://:9404\n`,
      'server.properties:6: monitor.listeners: must name HTTP, as in HTTP://localhost:9404 (got "GRPC://:9404")',
    ],
    [
      "a gateway with a broker's listener",
      `${GATEWAY}listeners=PLAINTEXT://:9092\n`,
      'server.properties:5: listeners: PLAINTEXT would serve clients, and this node has no broker role',
    ],
    [
      'a misspelt key',
      `${BROKER}log.segmnt.bytes=1\n`,
      'server.properties:6: log.segmnt.bytes: unknown key, did you mean log.segment.bytes?',
    ],
    [
      'a wrong value',
      `${BROKER}num.partitions=0\n`,
      'server.properties:6: num.partitions: must be an integer of 1 or more (got "0")',
    ],
    ['a missing key', BROKER.replace('node.id=1', ''), 'node.id: is required and not set'],
    [
      'no way to the quorum',
      BROKER.replace(/controller.quorum.*/, ''),
      'controller.quorum.bootstrap.servers: is required and not set (controller.quorum.voters may stand in for it)',
    ],
    [
      'a bad voter',
      CONTROLLER.replace('101@localhost:9093', 'localhost:9093'),
      'server.properties:4: controller.quorum.voters: must be id@host:port items (got "localhost:9093")',
    ],
    [
      'a controller outside its voters',
      CONTROLLER.replace('101@', '102@'),
      'server.properties:4: controller.quorum.voters: node.id 101 has the controller role and must be one of the voters',
    ],
    [
      'a bad bootstrap server',
      BROKER.replace('localhost:9093', 'localhost'),
      'server.properties:5: controller.quorum.bootstrap.servers: must be host:port items (got "localhost")',
    ],
    [
      'a bad listener',
      `${BROKER}listeners=localhost:9092\n`,
      'server.properties:6: listeners: must be NAME://host:port items (got "localhost:9092")',
    ],
    [
      'a listener named twice',
      `${BROKER}listeners=PLAINTEXT://:1,PLAINTEXT://:2\n`,
      'server.properties:6: listeners: names PLAINTEXT twice',
    ],
    [
      'two listeners on one port',
      `${BROKER}listeners=PLAINTEXT://:1,INTERNAL://0.0.0.0:1\n`,
      'server.properties:6: listeners: gives PLAINTEXT and INTERNAL the same address 0.0.0.0:1',
    ],
    [
      'a port nobody can be told',
      `${BROKER}listeners=PLAINTEXT://:0,INTERNAL://:9094\n`,
      'server.properties:6: listeners: PLAINTEXT has port 0, which others cannot be told; give it a port',
    ],
    [
      'no peer listener',
      `${BROKER}listeners=PLAINTEXT://:9092\n`,
      'server.properties:6: listeners: the broker role needs the listener INTERNAL (inter.broker.listener.name) for other brokers, as in INTERNAL://localhost:9094',
    ],
    [
      'an address nobody can reach',
      `${BROKER}advertised.listeners=PLAINTEXT://0.0.0.0:9092\n`,
      'server.properties:6: advertised.listeners: PLAINTEXT://0.0.0.0:9092 is no address others can connect to; name a host, as in advertised.listeners=PLAINTEXT://kafka-1:9092',
    ],
    [
      'an unreachable address by default',
      `${BROKER}listeners=PLAINTEXT://0.0.0.0:9092,INTERNAL://:9094\n`,
      'server.properties:6: listeners: PLAINTEXT://0.0.0.0:9092 is no address others can connect to; name a host, as in advertised.listeners=PLAINTEXT://kafka-1:9092',
    ],
    [
      'an unknown advertised listener',
      `${BROKER}advertised.listeners=OUTSIDE://kafka:9092\n`,
      'server.properties:6: advertised.listeners: OUTSIDE is not one of listeners',
    ],
    [
      'a listener without a protocol',
      `${BROKER}listeners=OUTSIDE://:9092,INTERNAL://:9094\n`,
      'listener.security.protocol.map: gives no security protocol for the listener OUTSIDE; add OUTSIDE:PLAINTEXT',
    ],
    [
      'a protocol that is not there yet',
      `${BROKER}listener.security.protocol.map=PLAINTEXT:SASL_SSL,INTERNAL:PLAINTEXT\n`,
      'server.properties:6: listener.security.protocol.map: PLAINTEXT:SASL_SSL: SASL_SSL is not supported yet; use PLAINTEXT',
    ],
    [
      'several folders',
      `${BROKER}log.dirs=/a,/b\n`,
      'server.properties:6: log.dirs: must be one folder (got 2); several are not supported yet',
    ],
  ])('answers %s with one line', (_, content, line) => {
    expect(load(content)).toEqual({ ok: false, problems: [line] });
  });

  it('names a file it cannot read and an override it cannot split', () => {
    expect(loadConfig({ file: '/nowhere/s.properties', environment: {}, hostname: 'h' })).toEqual({
      ok: false,
      problems: ['/nowhere/s.properties: cannot be read (no such file)'],
    });
    expect(load(BROKER, { overrides: ['num.partitions'] })).toEqual({
      ok: false,
      problems: ['--set num.partitions: must be key=value'],
    });
  });
});
