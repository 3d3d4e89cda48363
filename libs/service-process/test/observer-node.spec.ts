import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeQuorumRpc } from '@milena/cluster-protocol';
import { loadConfig, type NodeConfig } from '@milena/config';
import { success } from '@milena/model';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { formatStorage, readMetaProperties } from '@milena/raft-driver';
import { createGrpcServer, type GrpcServer } from '@milena/rpc';
import { createObserverNode, type ServiceNode } from '../src/index';

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

describe('createObserverNode', () => {
  const platform = createNodePlatform(outputs);
  let folder: string;
  let port: number;
  let quorum: GrpcServer | undefined;
  const nodes: ServiceNode[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'milena-observer-'));
    port = await freePort();
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.metadataLog.stop();
    await quorum?.stop();
    quorum = undefined;
    rmSync(folder, { recursive: true });
  });

  function configOf(role: string, nodeId = 201): NodeConfig {
    const overrides = [
      `process.roles=${role}`,
      `node.id=${nodeId}`,
      'controller.listener.names=CONTROLLER',
      `controller.quorum.bootstrap.servers=${HOST}:${port}`,
      `log.dirs=${folder}/data`,
    ];
    const loaded = loadConfig({ environment: {}, hostname: 'h', overrides });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    return loaded.config;
  }

  function create(config: NodeConfig): ServiceNode {
    const onFatal = (error: unknown) => {
      throw error;
    };
    const node = createObserverNode({ config, platform, onFatal });
    nodes.push(node);
    return node;
  }

  async function startQuorum(): Promise<void> {
    quorum = createGrpcServer({ host: HOST, port, ...outputs });
    const facts = { error: 'NOT_LEADER_OR_FOLLOWER', epoch: 1, leaderId: -1, voters: [], observers: [] } as const;
    const answer = { type: 'describeQuorum', clusterId: CLUSTER_ID, ...facts } as const;
    quorum.unary(describeQuorumRpc.method, () => Promise.resolve(success(describeQuorumRpc.encodeResponse(answer))));
    await quorum.start();
  }

  it('prepares the folder of a gateway when a quorum tells which cluster it is, however late', async () => {
    const config = configOf('gateway');
    const node = create(config);
    expect(node.metadataLog.leader()).toEqual({ leaderId: undefined, epoch: 0 });
    const started = node.metadataLog.start();
    await startQuorum();
    await started;
    expect(await node.clusterId()).toBe(CLUSTER_ID);
    expect(readMetaProperties(platform.disk, config.metadataFolder)).toMatchObject({
      clusterId: CLUSTER_ID,
      nodeId: 201,
    });
    await node.metadataLog.stop();
    const again = create(config);
    await again.metadataLog.start();
    expect(await again.clusterId()).toBe(CLUSTER_ID);
  });

  it('stops while it still asks', async () => {
    const config = configOf('zookeeper');
    const node = create(config);
    const started = node.metadataLog.start();
    await node.metadataLog.stop();
    await started;
    expect(readMetaProperties(platform.disk, config.metadataFolder)).toBeUndefined();
  });

  it("refuses another node's folder, and a broker's that is not formatted", async () => {
    expect(() => create(configOf('broker', 1))).toThrow('is not formatted');
    const config = configOf('broker', 1);
    await formatStorage({
      platform,
      logFolders: [config.dataFolder],
      metadataLogFolder: config.metadataFolder,
      clusterId: CLUSTER_ID,
      nodeId: 1,
      voters: { kind: 'none' },
    });
    expect(() => create(configOf('gateway'))).toThrow('belongs to node.id 1');
  });
});
