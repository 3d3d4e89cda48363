import { create, toJson } from '@bufbuild/protobuf';
import type { Rpc } from '@milena/cluster-protocol';
import { resolveServerConfig } from '@milena/config-schema';
import type { MetadataRecord } from '@milena/metadata';
import { failure, success, uuidFromBytes, type Failure, type Result, type Uuid } from '@milena/model';
import { noMeter, noTracer, type TraceContext, type UnaryOutcome } from '@milena/platform';
import {
  createMemoryDisk,
  createMemoryNetwork,
  createMemoryStateStores,
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
} from '@milena/platform/testing';
import { createGatewayServer, type GatewayServer } from '../gateway-server';
import { ScriptedLog } from './scripted-log';

type Json = Record<string, unknown>;
type Handler = (bytes: Uint8Array, trace: TraceContext | undefined) => Result<Uint8Array>;

/** A uuid that ends in `last`. */
export function testUuid(last: number): Uuid {
  return uuidFromBytes(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, last]));
}

/** A gateway on virtual time, a scripted log, a memory network of brokers and a scripted controller. */
export class GatewayScene {
  readonly time = createVirtualTime();
  readonly log = new ScriptedLog();
  readonly gateway: GatewayServer;
  readonly network = createMemoryNetwork(this.time);
  readonly #controller = new Map<string, Handler>();
  /** Whether anybody listens where the controller is to be found. */
  isControllerUp = true;
  #hasController = false;

  constructor() {
    const entries = { 'node.id': '201', 'process.roles': 'gateway', 'controller.listener.names': 'CONTROLLER' };
    const origin = { source: 'file', place: 'spec' } as const;
    const resolved = resolveServerConfig(Object.entries(entries).map(([key, text]) => ({ key, text, origin })));
    if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
    const random = createSeededRandom(1);
    this.gateway = createGatewayServer({
      platform: {
        ...this.time,
        random,
        disk: createMemoryDisk(),
        stateStores: createMemoryStateStores(),
        logger: createRecordingLogger(),
        tracer: noTracer,
        meter: noMeter,
      },
      server: resolved.config,
      metadataLog: this.log.metadataLog,
      connector: this.network.join('gateway').connector,
      controllerChannel: { unary: (method, bytes, _timeoutMs, trace) => this.#unary(method, bytes, trace), close() {} },
      bootstrap: [{ host: 'controller', port: 9093 }],
      clusterId: () => Promise.resolve('cluster'),
    });
    this.gateway.start();
  }

  /** A scene whose gateway has caught up with `records`. */
  static async with(records: readonly MetadataRecord[] = []): Promise<GatewayScene> {
    const scene = new GatewayScene();
    if (records.length > 0) scene.log.commit(records);
    await scene.look(2);
    return scene;
  }

  /** Has the gateway look at the quorum as its process does. */
  async look(times = 1): Promise<boolean> {
    let isReady = false;
    for (let count = 0; count < times; count++) {
      await this.time.advance(50);
      isReady = this.gateway.isReady();
    }
    return isReady;
  }

  /** Says what the active controller answers; handlers commit to the log themselves. */
  controller<Request, Response>(
    rpc: Rpc<Request, Response>,
    handle: (request: Request, trace: TraceContext | undefined) => Result<Response>,
  ): void {
    this.#controller.set(rpc.method, (bytes, trace) => {
      const answer = handle(rpc.decodeRequest(bytes), trace);
      return answer.ok ? success(rpc.encodeResponse(answer.value)) : answer;
    });
  }

  /** Starts the peer listener of a broker, or another server, with what it answers; `controller` answers readers, too. */
  server(host: string, port: number, ...handlers: readonly ServedRpc[]): void {
    const server = this.network.join(host).server(port);
    if (host === 'controller') {
      this.#hasController = true;
      const { method, answer } = this.log.readIndex;
      server.unary(method, () => Promise.resolve(answer()));
    }
    for (const { method, answer } of handlers) server.unary(method, (bytes) => Promise.resolve(answer(bytes)));
    server.start();
  }

  /** Calls `Service/Method`; the answer as JSON, or the failure. */
  async call(path: string, request: Json = {}, trace?: TraceContext): Promise<Json & { failure?: Failure }> {
    const found = this.gateway.methods.find(({ method }) => `${method.parent.name}/${method.name}` === path);
    if (found === undefined) throw new Error(`no method ${path}`);
    if (this.isControllerUp && !this.#hasController) this.server('controller', 9093);
    const { method, answer } = found;
    const call = { principal: 'User:ANONYMOUS', ...(trace === undefined ? {} : { trace }) };
    const outcome = await this.time.resolve(answer(create(method.input, request as never), call), 60_000);
    if (!outcome.ok) return { failure: outcome.error };
    return toJson(method.output, create(method.output, outcome.value)) as Json;
  }

  #unary(method: string, bytes: Uint8Array, trace: TraceContext | undefined): Promise<UnaryOutcome> {
    const handler = this.#controller.get(method);
    const answer = handler?.(bytes, trace) ?? failure('NOT_CONTROLLER', 'nobody leads');
    if (answer.ok) return Promise.resolve({ ok: true, value: answer.value });
    const { error } = answer;
    return Promise.resolve({ ok: false, error: { reason: 'status', failure: error, message: error.message } });
  }
}

/** An RPC with what a spec has it answer. */
export interface ServedRpc {
  readonly method: string;
  readonly answer: (bytes: Uint8Array) => Result<Uint8Array>;
}

/** Says what an RPC answers. */
export function served<Request, Response>(
  rpc: Rpc<Request, Response>,
  handle: (request: Request) => Result<Response>,
): ServedRpc {
  return {
    method: rpc.method,
    answer: (bytes) => {
      const answer = handle(rpc.decodeRequest(bytes));
      return answer.ok ? success(rpc.encodeResponse(answer.value)) : answer;
    },
  };
}

/** A registered broker with a peer listener at `broker<id>:9094`. */
export function broker(brokerId: number, { fenced = false } = {}): MetadataRecord {
  const host = `broker${brokerId}`;
  return {
    type: 'RegisterBrokerRecord',
    brokerId,
    incarnationId: testUuid(100 + brokerId),
    listeners: [
      { name: 'PLAINTEXT', host, port: 9092, securityProtocol: 'PLAINTEXT' },
      { name: 'INTERNAL', host, port: 9094, securityProtocol: 'PLAINTEXT' },
    ],
    features: [{ name: 'kraft.version', minLevel: 0, maxLevel: 1 }],
    fenced,
    inControlledShutdown: false,
    logDirectories: [testUuid(200 + brokerId)],
  };
}

/** A topic whose partitions have replicas on brokers 1 and 2 and the leaders given; -1 for none. */
export function topic(name: string, id: number, leaders: readonly number[]): MetadataRecord[] {
  return [
    { type: 'TopicRecord', name, topicId: testUuid(id) },
    ...leaders.map((leader, partitionId): MetadataRecord => ({
      type: 'PartitionRecord',
      topicId: testUuid(id),
      partitionId,
      replicas: [1, 2],
      isr: leader === -1 ? [2] : [1, 2],
      addingReplicas: [],
      removingReplicas: [],
      leader,
      leaderEpoch: 5,
      partitionEpoch: 7,
      leaderRecoveryState: 'RECOVERED',
      directories: [testUuid(201), testUuid(202)],
    })),
  ];
}

/** A config key of a topic. */
export function topicConfig(resourceName: string, name: string, value: string): MetadataRecord {
  return { type: 'ConfigRecord', resourceType: 'TOPIC', resourceName, name, value };
}
