import { createServer, type AddressInfo, type Server } from 'node:net';
import { brokerHeartbeatRpc, createTopicsRpc, registerBrokerRpc, type Rpc } from '@milena/cluster-protocol';
import { SUPPORTED_FEATURES } from '@milena/metadata';
import { randomUuid, type Endpoint } from '@milena/model';
import type { Connector, Platform } from '@milena/platform';
import { createActiveControllerChannel, type ActiveControllerChannel } from '@milena/raft-driver';

const PRINCIPAL = 'User:rehearsal';
const BROKER_ID = 1;
const LOOPBACK = '127.0.0.1';
/** Longest that one call may take, an election included. */
const CALL_TIMEOUT_MS = 2_000;
/** Answers to a heartbeat after which the broker must be unfenced. */
const HEARTBEATS_MAX = 20;

/** Whom the played quorum works for. */
export interface RehearsalCallerOptions {
  readonly platform: Platform;
  readonly connector: Connector;
  readonly clusterId: string;
  readonly controllers: readonly Endpoint[];
}

/** A broker and an administrator, as a controller meets them. Throws when a call comes to nothing. */
export class RehearsalCaller {
  readonly #controllers: ActiveControllerChannel;
  /** Whoever refuses connections is fenced at once: somebody must be at home. */
  readonly #home: Server = createServer((socket) => socket.on('error', () => {}).destroy());
  #topics = 0;

  constructor(private readonly options: RehearsalCallerOptions) {
    const { platform, connector, controllers } = options;
    const metadataLog = { leader: () => ({ leaderId: undefined, epoch: 0 }) };
    this.#controllers = createActiveControllerChannel({ platform, connector, metadataLog, bootstrap: controllers });
  }

  /** Registers a broker that can take replicas; it keeps none. */
  async register(): Promise<void> {
    const { random } = this.options.platform;
    const newId = () => randomUuid((size) => random.bytes(size));
    await new Promise<void>((resolve) => this.#home.listen(0, LOOPBACK, resolve));
    const { port } = this.#home.address() as AddressInfo;
    const registered = await this.#ask(registerBrokerRpc, {
      principal: PRINCIPAL,
      clusterId: this.options.clusterId,
      brokerId: BROKER_ID,
      incarnationId: newId(),
      listeners: [{ name: 'INTERNAL', host: LOOPBACK, port, securityProtocol: 'PLAINTEXT' }],
      features: SUPPORTED_FEATURES,
      logDirectories: [newId()],
      previousBrokerEpoch: -1,
    });
    if (!registered.ok) throw new Error(`a broker could not register: ${registered.error.message}`);
    for (let beats = 0; beats < HEARTBEATS_MAX; beats += 1) {
      const heartbeat = await this.#heartbeat(registered.value.brokerEpoch);
      if (heartbeat.ok && !heartbeat.value.isFenced) return;
    }
    throw new Error('a broker stays fenced');
  }

  /** Creates a topic; resolves when it is committed. */
  async createTopic(): Promise<void> {
    const topic = {
      name: `topic-${this.#topics++}`,
      partitions: 1,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    };
    const { topics } = await this.#ask(createTopicsRpc, {
      principal: PRINCIPAL,
      topics: [topic],
      validateOnly: false,
      timeoutMs: CALL_TIMEOUT_MS,
    });
    const result = topics[0]?.result;
    if (result?.ok === false) throw new Error(`a topic could not be created: ${result.error.message}`);
  }

  close(): void {
    this.#controllers.close();
    this.#home.close();
  }

  #heartbeat(brokerEpoch: number) {
    return this.#ask(brokerHeartbeatRpc, {
      principal: PRINCIPAL,
      brokerId: BROKER_ID,
      brokerEpoch,
      // It applies nothing, so it claims what it must to be unfenced: its own registration.
      currentMetadataOffset: brokerEpoch,
      wantFence: false,
      wantShutDown: false,
      offlineLogDirectories: [],
    });
  }

  async #ask<Request, Response>(rpc: Rpc<Request, Response>, request: Request): Promise<Response> {
    const outcome = await this.#controllers.unary(rpc.method, rpc.encodeRequest(request), CALL_TIMEOUT_MS);
    if (!outcome.ok) throw new Error(`${rpc.method} got no answer: ${outcome.error.message}`);
    return rpc.decodeResponse(outcome.value);
  }
}
