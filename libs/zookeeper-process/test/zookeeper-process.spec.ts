import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '@milena/config';
import { encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { ZERO_UUID } from '@milena/model';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { createRaftDriver, formatStorage, ownMetaProperties, type RaftDriver } from '@milena/raft-driver';
import { createGrpcConnector, createGrpcServer, type GrpcServer } from '@milena/rpc';
import { bodyOf, readChildren, readConnectAnswer, readServerPacket } from '@milena/zookeeper/testing';
import { createZookeeperProcess, type ZookeeperProcess } from '../src/index';
import { SocketClient } from './socket-client';

const HOST = '127.0.0.1';
const CLUSTER_ID = '5L6g3nShT-eMCtK--X86sw';
const outputs = { logger: silentLogger, tracer: noTracer, meter: noMeter };

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('did not come true');
    await delay(10);
  }
}

/** A quorum of one that writes what the spec tells it. */
interface Quorum {
  readonly driver: RaftDriver;
  readonly server: GrpcServer;
  /** Resolves when they are committed: nobody is promised to see them before. */
  append(records: readonly MetadataRecord[]): Promise<void>;
}

describe('a shim process', () => {
  let folder: string;
  let controllerPort: number;
  const shims: ZookeeperProcess[] = [];
  const clients: SocketClient[] = [];
  const fatal: unknown[] = [];
  let quorum: Quorum | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'milena-shim-'));
    controllerPort = await freePort();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    for (const shim of shims.splice(0)) await shim.stop();
    await quorum?.driver.stop();
    await quorum?.server.stop(0);
    quorum = undefined;
    rmSync(folder, { recursive: true });
    expect(fatal.splice(0)).toEqual([]);
  });

  async function startQuorum(): Promise<Quorum> {
    const platform = createNodePlatform(outputs);
    const logFolder = join(folder, 'controller');
    await formatStorage({
      platform,
      logFolders: [logFolder],
      metadataLogFolder: logFolder,
      clusterId: CLUSTER_ID,
      nodeId: 101,
      voters: { kind: 'none' },
    });
    const server = createGrpcServer({ host: HOST, port: controllerPort, ...outputs });
    const driver = createRaftDriver({
      ...ownMetaProperties(platform.disk, logFolder, { nodeId: 101, configFile: undefined }),
      platform,
      role: 'voter',
      logFolder,
      connector: createGrpcConnector(outputs),
      serviceHost: server,
      endpoint: { host: HOST, port: controllerPort },
      staticVoters: [{ id: 101, endpoint: { host: HOST, port: controllerPort } }],
      onFatal: (error) => fatal.push(error),
    });
    let epoch = -1;
    driver.subscribe({
      onSnapshot() {},
      onCommitted() {},
      onLeader: (leading) => (epoch = leading),
      onLeaderChange() {},
      onResigned() {},
    });
    await server.start();
    await driver.start();
    await until(() => epoch >= 0);
    const append = async (records: readonly MetadataRecord[]): Promise<void> => {
      const appended = driver.append(epoch, records.map(encodeMetadataRecord));
      if (!appended.ok) throw new Error(appended.error.message);
      const { lastOffset } = appended.value;
      await until(() => (driver.highWatermark() ?? 0) > lastOffset);
    };
    quorum = { driver, server, append };
    return quorum;
  }

  async function startShim(
    nodeId: number,
  ): Promise<{ readonly shim: ZookeeperProcess; readonly port: number; grpc: number }> {
    const [port, grpc] = [await freePort(), await freePort()];
    const file = join(folder, `shim-${nodeId}.properties`);
    const texts = {
      'process.roles': 'zookeeper',
      'node.id': nodeId,
      'controller.listener.names': 'CONTROLLER',
      'controller.quorum.bootstrap.servers': `${HOST}:${controllerPort}`,
      'zookeeper.listeners': `ZOOKEEPER://${HOST}:${port},GRPC://${HOST}:${grpc}`,
      'log.dirs': join(folder, `shim-${nodeId}`),
    };
    writeFileSync(
      file,
      Object.entries(texts)
        .map(([key, text]) => `${key}=${text}`)
        .join('\n'),
    );
    const loaded = loadConfig({ file, environment: {}, hostname: 'h' });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    const shim = createZookeeperProcess({ config: loaded.config, outputs, onFatal: (error) => fatal.push(error) });
    shims.push(shim);
    await shim.start();
    return { shim, port, grpc };
  }

  async function dial(port: number): Promise<SocketClient> {
    const client = await SocketClient.dial(HOST, port);
    clients.push(client);
    return client;
  }

  async function health(port: number): Promise<string> {
    const channel = createGrpcConnector().connect({ host: HOST, port }, 'health');
    const outcome = await channel.unary('/grpc.health.v1.Health/Check', new Uint8Array(), { timeoutMs: 1_000 });
    channel.close();
    if (!outcome.ok) return outcome.error.reason;
    return outcome.value[1] === 1 ? 'SERVING' : 'NOT_SERVING';
  }

  it('stays up not serving without a quorum, and stops all the same', async () => {
    const { shim, port, grpc } = await startShim(301);
    expect([shim.isReady(), await health(grpc)]).toEqual([false, 'NOT_SERVING']);
    expect(shim.whyNotReady()).toBe('no controller has answered yet');
    expect(await (await dial(port)).word('ruok')).toBe('imok');
    expect(await (await dial(port)).word('srvr')).toBe('This ZooKeeper instance is not currently serving requests\n');
    const client = await dial(port);
    client.connect({});
    expect(await client.packet()).toBeUndefined();
  });

  it('shows brokers come and go, and takes over a client of another shim', async () => {
    const { append } = await startQuorum();
    const [first, second] = [await startShim(301), await startShim(302)];
    await until(() => first.shim.isReady() && second.shim.isReady());
    expect(await health(first.grpc)).toBe('SERVING');
    await append([registration(1)]);
    const client = await dial(first.port);
    client.connect({});
    const session = readConnectAnswer((await client.packet())!);
    client.request(1, 'sync', bodyOf.path('/'));
    client.request(2, 'getChildren', bodyOf.watchable('/brokers/ids', true));
    expect(readServerPacket((await client.packet())!)).toMatchObject({ kind: 'reply', xid: 1, error: 0 });
    const reply = readServerPacket((await client.packet())!);
    if (reply.kind !== 'reply') throw new Error('a reply was expected');
    expect(readChildren(reply.body)).toEqual(['1']);
    client.destroy();
    await append([registration(2)]);
    const moved = await dial(second.port);
    moved.connect({ ...session, lastZxidSeen: BigInt(reply.zxid) });
    expect(readConnectAnswer((await moved.packet())!)).toMatchObject({ sessionId: session.sessionId });
    moved.request(3, 'sync', bodyOf.path('/'));
    moved.request(-8, 'setWatches', bodyOf.setWatches(reply.zxid, { child: ['/brokers/ids'] }));
    expect(readServerPacket((await moved.packet())!)).toMatchObject({ xid: 3, error: 0 });
    expect(readServerPacket((await moved.packet())!)).toMatchObject({
      event: { type: 'NodeChildrenChanged', path: '/brokers/ids' },
    });
    expect(readServerPacket((await moved.packet())!)).toMatchObject({ xid: -8, error: 0 });
  });

  it('names the port that is taken', async () => {
    const { port, shim } = await startShim(301);
    await shim.stop();
    const squatter = createServer().listen(port, HOST);
    const again = createZookeeperProcess({
      config: shimConfig(join(folder, 'shim-301.properties')),
      outputs,
      onFatal: (error) => fatal.push(error),
    });
    await expect(again.start()).rejects.toThrow(`port ${HOST}:${port} is taken`);
    await again.stop();
    squatter.close();
  });
});

function shimConfig(file: string) {
  const loaded = loadConfig({ file, environment: {}, hostname: 'h' });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

function registration(brokerId: number): MetadataRecord {
  return {
    type: 'RegisterBrokerRecord',
    brokerId,
    incarnationId: ZERO_UUID,
    listeners: [{ name: 'PLAINTEXT', host: 'h', port: 9092, securityProtocol: 'PLAINTEXT' }],
    features: [],
    fenced: false,
    inControlledShutdown: false,
    logDirectories: [],
  };
}
