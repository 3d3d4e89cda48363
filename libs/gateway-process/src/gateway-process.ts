import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeConfig } from '@milena/config';
import { createGatewayServer, type GatewayServer } from '@milena/gateway-server';
import { endpointText, invariant, type Endpoint } from '@milena/model';
import type { Platform, Timer } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { createActiveControllerChannel, type ActiveControllerChannel } from '@milena/raft-driver';
import {
  createGrpcServer,
  createHealthService,
  listenErrorText,
  type GrpcServer,
  type HealthService,
} from '@milena/rpc';
import { createObserverNode, type ServiceNode } from '@milena/service-process';
import { createAdminConnect } from './admin-connect';
import { serveAdminGrpc } from './admin-grpc';
import { createAdminHttpServer, type AdminHttpServer } from './admin-http-server';

/** Name under which the health service speaks for all services. */
const WHOLE_SERVER = '';
/** How often the gateway looks whether it follows a live quorum. */
const HEALTH_INTERVAL_MS = 50;
/** How long calls under way may take to be answered at the end. */
const DRAIN_MS = 300;

/** What a gateway process is made from. */
export interface GatewayProcessOptions {
  readonly config: NodeConfig;
  readonly outputs: Pick<Platform, 'logger' | 'tracer' | 'meter'>;
  /** Called when the process must end at once, because its state can no longer be trusted. */
  readonly onFatal: (error: unknown) => void;
  /** Set when another role in this process has the metadata log; it is started and stopped there. */
  readonly node?: ServiceNode;
  /** The monitor's pages, shown on the HTTP listener. */
  readonly monitor?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** An admin gateway with its sockets and its copy of the metadata log. */
export interface GatewayProcess {
  /** Resolves when it listens, however long no controller answers; the health service says when it serves. */
  start(): Promise<void>;
  /** Answers what is under way, within bounds, then closes sockets and log. */
  stop(): Promise<void>;
  /** Whether it follows a live quorum. */
  isReady(): boolean;
  /** What it waits for while it is not ready. */
  whyNotReady(): string | undefined;
}

/** Makes a gateway from its configuration; throws UnusableLogFolder when its folder is another node's. */
export function createGatewayProcess(options: GatewayProcessOptions): GatewayProcess {
  return new RunningGateway(options);
}

class RunningGateway implements GatewayProcess {
  readonly #node: ServiceNode;
  readonly #endpoints: { readonly grpc: Endpoint; readonly http: Endpoint };
  readonly #channel: ActiveControllerChannel;
  readonly #gateway: GatewayServer;
  readonly #health: HealthService;
  readonly #grpc: GrpcServer;
  readonly #http: AdminHttpServer;
  #timer: Timer | undefined;
  #isReady = false;
  #wasReady = false;
  #isStopping = false;

  constructor(private readonly options: GatewayProcessOptions) {
    const { config, outputs, onFatal, monitor = () => false } = options;
    const { admin } = config.endpoints;
    invariant(admin !== undefined, 'a gateway has listeners', { nodeId: config.nodeId });
    this.#endpoints = admin;
    this.#node = options.node ?? createObserverNode({ config, platform: createNodePlatform(outputs), onFatal });
    const { platform, connector, metadataLog } = this.#node;
    const { bootstrap } = config.quorum;
    this.#channel = createActiveControllerChannel({ platform, connector, metadataLog, bootstrap });
    this.#gateway = createGatewayServer({
      platform,
      server: config.server,
      metadataLog,
      connector,
      controllerChannel: this.#channel,
      bootstrap,
      clusterId: () => this.#node.clusterId(),
    });
    const { methods } = this.#gateway;
    this.#health = createHealthService();
    this.#grpc = createGrpcServer({
      ...admin.grpc,
      ...outputs,
      startsTraces: true,
      health: this.#health,
    });
    serveAdminGrpc(this.#grpc, methods);
    const handle = createAdminConnect(methods, outputs);
    this.#http = createAdminHttpServer({ ...admin.http, monitor, handle, logger: outputs.logger });
    this.#tellHealth(false);
  }

  async start(): Promise<void> {
    const { grpc, http } = this.#endpoints;
    const bound = {
      grpc: endpointText(await this.#grpc.start().catch((cause: unknown) => cannotListen(cause, grpc))),
      http: endpointText(await this.#http.start().catch((cause: unknown) => cannotListen(cause, http))),
    };
    if (this.#isStopping) return;
    const { logger } = this.#node.platform;
    logger.info('gateway listens', bound);
    this.#gateway.start();
    // A new folder waits for the quorum to say which cluster it is, which may take as long as it likes.
    if (this.options.node === undefined) void this.#node.metadataLog.start().catch(this.options.onFatal);
    this.#watchReadiness();
  }

  isReady(): boolean {
    return this.#isReady;
  }

  whyNotReady(): string | undefined {
    if (this.#isReady) return undefined;
    if (this.#isStopping) return 'stopping';
    if (this.#wasReady) return 'no active controller answers';
    const { leaderId } = this.#node.metadataLog.leader();
    return leaderId === undefined ? 'no active controller is known' : 'catching up with the metadata log';
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#isReady = false;
    this.#timer?.cancel();
    this.#tellHealth(false);
    await Promise.all([this.#grpc.stop(DRAIN_MS), this.#http.stop(DRAIN_MS)]);
    this.#gateway.stop();
    this.#channel.close();
    if (this.options.node === undefined) await this.#node.metadataLog.stop();
  }

  #watchReadiness(): void {
    if (this.#isStopping) return;
    const isReady = this.#gateway.isReady();
    if (isReady !== this.#isReady) {
      this.#isReady = isReady;
      this.#wasReady = true;
      this.#tellHealth(isReady);
      this.#node.platform.logger.info(isReady ? 'gateway serves' : 'gateway has lost the quorum');
    }
    this.#timer = this.#node.platform.timers.after(HEALTH_INTERVAL_MS, () => this.#watchReadiness());
  }

  #tellHealth(isServing: boolean): void {
    const services = new Set(this.#gateway.methods.map(({ method }) => method.parent.typeName));
    for (const service of [WHOLE_SERVER, ...services]) this.#health.setServing(service, isServing);
  }
}

function cannotListen(cause: unknown, endpoint: Endpoint): never {
  throw new Error(listenErrorText(cause, endpoint), { cause });
}
