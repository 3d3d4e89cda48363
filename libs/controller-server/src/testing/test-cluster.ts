import {
  allocateProducerIdsRpc,
  brokerHeartbeatRpc,
  createTopicsRpc,
  deleteTopicsRpc,
  registerBrokerRpc,
  type Rpc,
} from '@milena/cluster-protocol';
import { resolveServerConfig, type ServerConfig } from '@milena/config-schema';
import type { BrokerHeartbeatRequest, RegisterBrokerRequest } from '@milena/controller';
import { SUPPORTED_FEATURES } from '@milena/metadata';
import { uuidFromBytes, type Uuid } from '@milena/model';
import { noMeter, noTracer, type Channel, type ChannelFailure, type ReadMetric } from '@milena/platform';
import {
  createMemoryNetwork,
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
  type MemoryServer,
  type NetworkProcess,
} from '@milena/platform/testing';
import { createControllerServer, type ControllerServer } from '../controller-server';
import { FakeQuorum } from './fake-quorum';

/** Session timeout of brokers in the test cluster. */
export const SESSION_TIMEOUT_MS = 3000;
const CALL_TIMEOUT_MS = 10_000;
const CONTROLLER_PORT = 9093;
const PEER_PORT = 9094;

/** A uuid of one repeated byte. */
export function id(byte: number): Uuid {
  return uuidFromBytes(Buffer.alloc(16, byte));
}

/** Outcome of a call: the decoded response, or the error name of the failure (or its reason). */
export type Answer<Response> = { readonly response: Response } | { readonly failed: string };

/** Controllers of a fake quorum behind a network in memory, and brokers that are nothing but ports and calls. */
export class TestCluster {
  readonly time = createVirtualTime();
  readonly network = createMemoryNetwork({ clock: this.time.clock, timers: this.time.timers });
  readonly quorum = new FakeQuorum(this.time.timers);
  readonly logger = createRecordingLogger();
  readonly fatal: Error[] = [];
  readonly controllers = new Map<number, ControllerServer>();
  readonly brokers = new Map<
    number,
    { readonly process: NetworkProcess; readonly port: MemoryServer; epoch: number }
  >();
  readonly #caller = this.network.join('caller');
  readonly #channels = new Map<number, Channel>();
  readonly #totals = new Map<string, ReadMetric>();

  /** @param config Kafka keys of all controllers that differ from those of every test. */
  constructor(
    controllerIds: readonly number[] = [101, 102],
    private readonly config: Readonly<Record<string, string>> = {},
  ) {
    for (const nodeId of controllerIds) this.#addController(nodeId);
  }

  #addController(nodeId: number): void {
    const process = this.network.join(`controller${nodeId}`);
    const server = process.server(CONTROLLER_PORT);
    const { clock, timers } = this.time;
    const controller = createControllerServer({
      platform: {
        clock,
        timers,
        random: createSeededRandom(nodeId),
        logger: this.logger,
        tracer: noTracer,
        meter: { ...noMeter, total: (name, _, read) => void this.#totals.set(`${nodeId} ${name}`, read) },
      },
      nodeId,
      config: { clusterId: id(1), server: testConfig(this.config) },
      metadataLog: this.quorum.join(nodeId),
      connector: process.connector,
      serviceHost: server,
      onFatal: (error) => void this.fatal.push(error),
    });
    controller.start();
    server.start();
    this.controllers.set(nodeId, controller);
    this.#channels.set(nodeId, this.#caller.connector.connect(server.endpoint, 'test'));
  }

  controller(nodeId: number): ControllerServer {
    return known(this.controllers, nodeId);
  }

  /** A metric of a controller that only grows. */
  total(nodeId: number, name: string): ReturnType<ReadMetric> | undefined {
    return this.#totals.get(`${nodeId} ${name}`)?.();
  }

  async send<Request, Response>(
    nodeId: number,
    rpc: Rpc<Request, Response>,
    request: Request,
  ): Promise<Answer<Response>> {
    const bytes = await this.sendBytes(nodeId, rpc.method, rpc.encodeRequest(request));
    return 'failed' in bytes ? bytes : { response: rpc.decodeResponse(bytes.response) };
  }

  async sendBytes(nodeId: number, method: string, bytes: Uint8Array): Promise<Answer<Uint8Array>> {
    const outcome = await known(this.#channels, nodeId).unary(method, bytes, { timeoutMs: CALL_TIMEOUT_MS });
    return outcome.ok ? { response: outcome.value } : { failed: nameOf(outcome.error) };
  }

  /** Sends a request and lets time pass until it is answered. */
  async call<Request, Response>(nodeId: number, rpc: Rpc<Request, Response>, request: Request) {
    return this.time.resolve(this.send(nodeId, rpc, request), CALL_TIMEOUT_MS);
  }

  /** Starts a broker's process, registers it and has it unfenced. */
  async startBroker(nodeId: number, brokerId: number, overrides: Partial<RegisterBrokerRequest> = {}): Promise<void> {
    const process = this.network.join(`broker${brokerId}`);
    const port = process.server(PEER_PORT);
    port.start();
    const answer = await this.call(nodeId, registerBrokerRpc, registration(brokerId, overrides));
    const outcome = 'response' in answer ? answer.response : undefined;
    this.brokers.set(brokerId, { process, port, epoch: outcome?.ok === true ? outcome.value.brokerEpoch : -1 });
    await this.heartbeat(nodeId, brokerId);
  }

  async heartbeat(nodeId: number, brokerId: number, overrides: Partial<BrokerHeartbeatRequest> = {}) {
    return this.call(nodeId, brokerHeartbeatRpc, this.heartbeatOf(brokerId, overrides));
  }

  heartbeatOf(brokerId: number, overrides: Partial<BrokerHeartbeatRequest> = {}): BrokerHeartbeatRequest {
    return {
      principal: 'User:broker',
      brokerId,
      brokerEpoch: known(this.brokers, brokerId).epoch,
      currentMetadataOffset: this.quorum.nextOffset,
      wantFence: false,
      wantShutDown: false,
      offlineLogDirectories: [],
      ...overrides,
    };
  }

  async createTopic(nodeId: number, name: string, replicationFactor = 1) {
    return this.call(nodeId, createTopicsRpc, topicRequest(name, replicationFactor));
  }

  async deleteTopic(nodeId: number, name: string) {
    return this.call(nodeId, deleteTopicsRpc, { principal: 'User:alice', topics: [{ name }], timeoutMs: 1000 });
  }

  async allocateProducerIds(nodeId: number, brokerId: number) {
    const brokerEpoch = known(this.brokers, brokerId).epoch;
    return this.call(nodeId, allocateProducerIdsRpc, { principal: 'User:broker', brokerId, brokerEpoch });
  }
}

function known<T>(members: ReadonlyMap<number, T>, nodeId: number): T {
  const member = members.get(nodeId);
  if (member === undefined) throw new Error(`the test has no node ${nodeId}`);
  return member;
}

/** A request for one topic of one partition. */
export function topicRequest(name: string, replicationFactor = 1) {
  const topic = { name, partitions: 1, replicationFactor, assignments: [], configs: [] };
  return { principal: 'User:alice', topics: [topic], validateOnly: false, timeoutMs: 1000 };
}

/** A registration of a broker whose only disk and first life are named after its id. */
export function registration(brokerId: number, overrides: Partial<RegisterBrokerRequest> = {}): RegisterBrokerRequest {
  return {
    principal: 'User:broker',
    clusterId: id(1),
    brokerId,
    incarnationId: id(100 + brokerId),
    listeners: [{ name: 'INTERNAL', host: `broker${brokerId}`, port: PEER_PORT, securityProtocol: 'PLAINTEXT' }],
    features: SUPPORTED_FEATURES,
    logDirectories: [id(200 + brokerId)],
    previousBrokerEpoch: -1,
    ...overrides,
  };
}

function nameOf({ failure, reason }: ChannelFailure): string {
  return failure?.code ?? reason;
}

/** The configuration of a controller in tests. */
export function testConfig(overrides: Readonly<Record<string, string>> = {}): ServerConfig {
  const entries = Object.entries({
    'process.roles': 'controller',
    'node.id': '101',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': '/data',
    'broker.session.timeout.ms': String(SESSION_TIMEOUT_MS),
    ...overrides,
  });
  const origin = { source: 'file', place: 'test' } as const;
  const resolved = resolveServerConfig(entries.map(([key, text]) => ({ key, text, origin })));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return resolved.config;
}
