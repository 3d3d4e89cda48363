import { createTopicsRpc, registerBrokerRpc, brokerHeartbeatRpc } from '@milena/cluster-protocol';
import { imageDigest } from '@milena/metadata';
import { randomUuid } from '@milena/model';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import {
  createMemoryDisk,
  createMemoryStateStores,
  createMemoryNetwork,
  createProcessTime,
  createSeededRandom,
  createVirtualTime,
  type MemoryDisk,
} from '@milena/platform/testing';
import { createRaftDriver, formatStorage, readMetaProperties, type RaftDriver } from '@milena/raft-driver';
import { createControllerServer, type ControllerServer } from './controller-server';
import { id, registration, testConfig, topicRequest } from './testing/test-cluster';

const FOLDER = '/data';
const VOTERS = [101, 102, 103];
const CALL_TIMEOUT_MS = 3000;

interface Node {
  readonly controller: ControllerServer;
  readonly driver: RaftDriver;
  kill(): void;
}

/** Three controllers on the production metadata log, with disks and a network in memory. */
class Quorum {
  readonly time = createVirtualTime();
  readonly random = createSeededRandom(5);
  readonly network = createMemoryNetwork({ clock: this.time.clock, timers: this.time.timers, random: this.random });
  readonly disks = new Map<number, MemoryDisk>();
  readonly nodes = new Map<number, Node>();
  readonly fatal: unknown[] = [];
  readonly #caller = this.network.join('caller').connector;

  static async start(): Promise<Quorum> {
    const quorum = new Quorum();
    const voters = VOTERS.map((voterId) => ({
      voterId,
      directoryId: randomUuid((count) => quorum.random.bytes(count)),
      endpoints: [{ name: 'CONTROLLER', host: `c${voterId}`, port: 9093 }],
    }));
    for (const nodeId of VOTERS) {
      const disk = createMemoryDisk({ timers: quorum.time.timers });
      quorum.disks.set(nodeId, disk);
      const platform = { disk, clock: quorum.time.clock, random: quorum.random };
      const format = { logFolders: [FOLDER], metadataLogFolder: FOLDER, clusterId: id(1), nodeId };
      await quorum.time.resolve(formatStorage({ platform, ...format, voters: { kind: 'initial', voters } }));
      await quorum.run(nodeId);
    }
    return quorum;
  }

  async run(nodeId: number): Promise<void> {
    const { clock, timers, end } = createProcessTime(this.time);
    const disk = this.disks.get(nodeId)!;
    const process = this.network.join(`c${nodeId}`);
    const server = process.server(9093);
    const random = this.random.fork(`${nodeId}`);
    const outputs = { logger: silentLogger, tracer: noTracer, meter: noMeter };
    const platform = { clock, timers, random, disk, stateStores: createMemoryStateStores(), ...outputs };
    const common = { platform, nodeId, connector: process.connector, serviceHost: server };
    const onFatal = (error: unknown) => void this.fatal.push(error);
    const driver = createRaftDriver({
      ...common,
      directoryId: readMetaProperties(disk, FOLDER)!.directoryId,
      clusterId: id(1),
      role: 'voter',
      logFolder: FOLDER,
      endpoint: server.endpoint,
      onFatal,
    });
    const config = { clusterId: id(1), server: testConfig() };
    const controller = createControllerServer({ ...common, config, metadataLog: driver, onFatal });
    controller.start();
    server.start();
    await this.time.resolve(driver.start());
    const kill = () => {
      process.crash();
      end();
      disk.crash('lose-unsynced');
      this.nodes.delete(nodeId);
    };
    this.nodes.set(nodeId, { controller, driver, kill });
  }

  async activeNode(): Promise<[number, Node]> {
    const find = () => [...this.nodes].find(([, { controller }]) => controller.isActive());
    expect(await this.time.runUntil(() => find() !== undefined, 30_000)).toBe(true);
    return find()!;
  }

  async call(nodeId: number, method: string, request: Uint8Array): Promise<Uint8Array> {
    const channel = this.#caller.connect({ host: `c${nodeId}`, port: 9093 }, 'test');
    const outcome = await this.time.resolve(channel.unary(method, request, { timeoutMs: CALL_TIMEOUT_MS }));
    if (!outcome.ok) throw new Error(outcome.error.message);
    return outcome.value;
  }
}

async function startBroker(quorum: Quorum, nodeId: number): Promise<void> {
  quorum.network.join('broker1').server(9094).start();
  const bytes = await quorum.call(nodeId, registerBrokerRpc.method, registerBrokerRpc.encodeRequest(registration(1)));
  const registered = registerBrokerRpc.decodeResponse(bytes);
  if (!registered.ok) throw new Error(registered.error.message);
  const { brokerEpoch } = registered.value;
  const heartbeat = {
    principal: 'User:broker',
    brokerId: 1,
    brokerEpoch,
    currentMetadataOffset: brokerEpoch,
    wantFence: false,
    wantShutDown: false,
    offlineLogDirectories: [],
  };
  await quorum.call(nodeId, brokerHeartbeatRpc.method, brokerHeartbeatRpc.encodeRequest(heartbeat));
}

async function createTopic(quorum: Quorum, nodeId: number, name: string): Promise<string> {
  const bytes = await quorum.call(nodeId, createTopicsRpc.method, createTopicsRpc.encodeRequest(topicRequest(name)));
  const result = createTopicsRpc.decodeResponse(bytes).topics[0]!.result;
  return result.ok ? 'created' : result.error.code;
}

describe('controllers on the production metadata log', () => {
  it('keep what was answered through the death of the active one and of all of them, and agree on it', async () => {
    const quorum = await Quorum.start();
    const [first, firstNode] = await quorum.activeNode();
    await startBroker(quorum, first);
    expect(await createTopic(quorum, first, 'before')).toBe('created');

    firstNode.kill();
    const [second, secondNode] = await quorum.activeNode();
    expect(second).not.toBe(first);
    expect(await createTopic(quorum, second, 'before')).toBe('TOPIC_ALREADY_EXISTS');
    expect(await createTopic(quorum, second, 'between')).toBe('created');
    await quorum.run(first);

    secondNode.kill();
    for (const { kill } of [...quorum.nodes.values()]) kill();
    for (const nodeId of VOTERS) await quorum.run(nodeId);
    const [third] = await quorum.activeNode();
    expect(await createTopic(quorum, third, 'between')).toBe('TOPIC_ALREADY_EXISTS');

    const digests = () => [...quorum.nodes.values()].map(({ controller }) => imageDigest(controller.committedImage()));
    expect(await quorum.time.runUntil(() => new Set(digests()).size === 1, 10_000)).toBe(true);
    expect(quorum.fatal).toEqual([]);
  });
});
