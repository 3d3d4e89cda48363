import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type NodeConfig } from '@milena/config';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { formatStorage } from '@milena/raft-driver';
import { createGrpcConnector } from '@milena/rpc';
import { createBrokerProcess, type BrokerProcess } from '../src/index';

const CLUSTER_ID = '5L6g3nShT-eMCtK--X86sw';
const HOST = '127.0.0.1';
const outputs = { logger: silentLogger, tracer: noTracer, meter: noMeter };

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

describe('a broker process whose controllers are nowhere', () => {
  let folder: string;
  let ports: { client: number; peer: number };
  const running: BrokerProcess[] = [];
  const fatal: unknown[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'milena-broker-'));
    ports = { client: await freePort(), peer: await freePort() };
  });
  afterEach(async () => {
    for (const broker of running.splice(0)) await broker.stop();
    rmSync(folder, { recursive: true });
    expect(fatal.splice(0)).toEqual([]);
  });

  async function formatted(): Promise<NodeConfig> {
    const config = configOf();
    await formatStorage({
      platform: createNodePlatform(outputs),
      logFolders: [config.dataFolder],
      metadataLogFolder: config.metadataFolder,
      clusterId: CLUSTER_ID,
      nodeId: config.nodeId,
      voters: { kind: 'none' },
    });
    return config;
  }

  function configOf(): NodeConfig {
    const texts = {
      'process.roles': 'broker',
      'node.id': '1',
      'controller.listener.names': 'CONTROLLER',
      'controller.quorum.bootstrap.servers': `${HOST}:1`,
      listeners: `PLAINTEXT://${HOST}:${ports.client},INTERNAL://${HOST}:${ports.peer}`,
      'log.dirs': join(folder, 'data'),
    };
    const file = join(folder, 'server.properties');
    writeFileSync(
      file,
      Object.entries(texts)
        .map(([key, text]) => `${key}=${text}`)
        .join('\n'),
    );
    const loaded = loadConfig({ file, environment: {}, hostname: 'h' });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    return loaded.config;
  }

  function create(config: NodeConfig): BrokerProcess {
    const broker = createBrokerProcess({ config, outputs, onFatal: (error) => fatal.push(error) });
    running.push(broker);
    return broker;
  }

  async function health(): Promise<string> {
    const channel = createGrpcConnector().connect({ host: HOST, port: ports.peer }, 'health');
    const outcome = await channel.unary('/grpc.health.v1.Health/Check', new Uint8Array(), { timeoutMs: 1_000 });
    channel.close();
    if (!outcome.ok) return outcome.error.reason;
    return outcome.value[1] === 1 ? 'SERVING' : 'NOT_SERVING';
  }

  async function untilListening(): Promise<void> {
    const deadline = performance.now() + 4_000;
    while ((await health()) === 'refused') if (performance.now() > deadline) throw new Error('it does not listen');
  }

  it('stays up not serving, turns clients away, and closes its logs cleanly when stopped', async () => {
    const broker = create(await formatted());
    const started = broker.start();
    started.catch(() => undefined);
    await untilListening();
    expect(await health()).toBe('NOT_SERVING');
    const closed = await new Promise<boolean>((resolve) => {
      const socket = connect(ports.client, HOST, () =>
        socket.write(Buffer.from('0000000a00120000000000010000', 'hex')),
      );
      socket.on('data', () => resolve(false));
      socket.on('close', () => resolve(true));
    });
    expect(closed).toBe(true);
    const began = performance.now();
    await broker.stop();
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(existsSync(join(folder, 'data', '.kafka_cleanshutdown'))).toBe(true);
    expect(await health()).toBe('refused');
  });

  it('refuses a folder that is not formatted or in use', async () => {
    expect(() => create(configOf())).toThrow(`log folder ${folder}/data is not formatted`);
    const config = await formatted();
    await create(config).open();
    const expected = `log folder ${folder}/data is in use by process ${process.pid}`;
    await expect(create(config).start()).rejects.toThrow(expected);
  });
});
