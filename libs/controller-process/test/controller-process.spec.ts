import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeConfig } from '@milena/config';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { formatStorage } from '@milena/raft-driver';
import { createGrpcConnector } from '@milena/rpc';
import { createControllerProcess, type ControllerProcess } from '../src/index';
import { writtenConfig } from './written-config';

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

describe('a controller process', () => {
  let folder: string;
  let port: number;
  const running: ControllerProcess[] = [];
  const fatal: unknown[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'milena-controller-'));
    port = await freePort();
  });
  afterEach(async () => {
    for (const controller of running.splice(0)) await controller.stop();
    rmSync(folder, { recursive: true });
    expect(fatal.splice(0)).toEqual([]);
  });

  function configOf(voters: string, more: Record<string, string> = {}): NodeConfig {
    return writtenConfig(folder, port, voters, more);
  }

  async function format(config: NodeConfig): Promise<void> {
    await formatStorage({
      platform: createNodePlatform(outputs),
      logFolders: [config.dataFolder],
      metadataLogFolder: config.metadataFolder,
      clusterId: CLUSTER_ID,
      nodeId: config.nodeId,
      voters: { kind: 'none' },
    });
  }

  function create(config: NodeConfig): ControllerProcess {
    const controller = createControllerProcess({ config, outputs, onFatal: (error) => fatal.push(error) });
    running.push(controller);
    return controller;
  }

  /** What its health service says of the whole server. */
  async function health(): Promise<string> {
    const channel = createGrpcConnector().connect({ host: HOST, port }, 'health');
    const outcome = await channel.unary('/grpc.health.v1.Health/Check', new Uint8Array(), { timeoutMs: 1_000 });
    channel.close();
    if (!outcome.ok) return outcome.error.reason;
    return outcome.value[1] === 1 ? 'SERVING' : 'NOT_SERVING';
  }

  async function until(wanted: string): Promise<void> {
    const deadline = performance.now() + 4_000;
    while ((await health()) !== wanted) {
      if (performance.now() > deadline) throw new Error(`health did not become ${wanted}`);
      await delay(10);
    }
  }

  it('serves as soon as its quorum works', async () => {
    const config = configOf(`101@${HOST}:${port}`);
    await format(config);
    await create(config).start();
    await until('SERVING');
  });

  it('stays up not serving without a majority, and stops all the same', async () => {
    const config = configOf(`101@${HOST}:${port},102@${HOST}:1,103@${HOST}:2`);
    await format(config);
    const controller = create(config);
    await controller.start();
    expect(await health()).toBe('NOT_SERVING');
    const began = performance.now();
    await controller.stop();
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(await health()).toBe('refused');
  });

  it('names the port that is taken', async () => {
    const config = configOf(`101@${HOST}:${port}`);
    await format(config);
    const squatter = createServer().listen(port, HOST);
    await expect(create(config).start()).rejects.toThrow(`port ${HOST}:${port} is taken`);
    squatter.close();
  });

  it("refuses a folder that is not formatted, in use, or another node's", async () => {
    const config = configOf(`101@${HOST}:${port}`);
    const command = `run milena storage format --cluster-id <id> --config ${folder}/server.properties`;
    expect(() => create(config)).toThrow(`log folder ${folder}/data is not formatted; ${command}`);
    await format(config);
    await create(config).start();
    port = await freePort();
    const twin = configOf(`101@${HOST}:${port}`);
    await expect(create(twin).start()).rejects.toThrow(`log folder ${folder}/data is in use by process ${process.pid}`);
    const other = configOf(`102@${HOST}:${port}`, { 'node.id': '102' });
    expect(() => create(other)).toThrow('belongs to node.id 101, but this node is configured as node.id 102');
  });
});
