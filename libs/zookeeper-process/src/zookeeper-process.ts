import type { NodeConfig } from '@milena/config';
import { invariant } from '@milena/model';
import type { Platform } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { createActiveControllerChannel, snapshotTriggers, type ActiveControllerChannel } from '@milena/raft-driver';
import {
  createGrpcServer,
  createHealthService,
  listenErrorText,
  type GrpcServer,
  type HealthService,
} from '@milena/rpc';
import { createObserverNode, type ServiceNode } from '@milena/service-process';
import { fourLetterWord } from '@milena/zookeeper';
import { createZookeeperListener, type ZookeeperListener } from '@milena/zookeeper-listener';
import { createZookeeperServer, type ZookeeperServer } from '@milena/zookeeper-server';
import { SESSION_PASSWORDS } from './session-passwords';
import { listenerLimits, shimSettings } from './shim-settings';

/** Name under which the health service speaks for all services. */
const WHOLE_SERVER = '';
/** How long health checks under way may take to be answered at the end. */
const DRAIN_MS = 200;

/** What a shim process is made from. */
export interface ZookeeperProcessOptions {
  readonly config: NodeConfig;
  readonly outputs: Pick<Platform, 'logger' | 'tracer' | 'meter'>;
  /** Called when the process must end at once, because its state can no longer be trusted. */
  readonly onFatal: (error: unknown) => void;
  /** Set when another role in this process has the metadata log; it is started and stopped there. */
  readonly node?: ServiceNode;
}

/** A ZooKeeper shim with its sockets and its copy of the metadata log. */
export interface ZookeeperProcess {
  /** Resolves when it listens, however long no controller answers; the health service says when clients are served. */
  start(): Promise<void>;
  /** Closes clients, log and sockets. */
  stop(): Promise<void>;
  /** Whether it follows a live quorum, so that clients are served what is true now. */
  isReady(): boolean;
  /** What it waits for while it is not ready. */
  whyNotReady(): string | undefined;
}

/** Makes a shim from its configuration; throws UnusableLogFolder when its folder is another node's. */
export function createZookeeperProcess(options: ZookeeperProcessOptions): ZookeeperProcess {
  return new RunningShim(options);
}

class RunningShim implements ZookeeperProcess {
  readonly #options: ZookeeperProcessOptions;
  readonly #node: ServiceNode;
  readonly #channel: ActiveControllerChannel;
  readonly #health: HealthService;
  readonly #grpc: GrpcServer;
  readonly #server: ZookeeperServer;
  readonly #listener: ZookeeperListener;
  #isStopping = false;

  constructor(options: ZookeeperProcessOptions) {
    const { config, outputs, onFatal } = options;
    const endpoints = config.endpoints.zookeeper;
    invariant(endpoints !== undefined, 'a shim has listeners', { nodeId: config.nodeId });
    this.#options = options;
    this.#node = options.node ?? createObserverNode({ config, platform: createNodePlatform(outputs), onFatal });
    const { platform, connector, metadataLog } = this.#node;
    this.#channel = createActiveControllerChannel({
      platform,
      connector,
      metadataLog,
      bootstrap: config.quorum.bootstrap,
    });
    this.#health = createHealthService();
    this.#grpc = createGrpcServer({ ...endpoints.grpc, ...outputs, health: this.#health });
    this.#server = createZookeeperServer({
      platform,
      settings: shimSettings(config),
      metadataLog,
      snapshotTriggers: snapshotTriggers(config.server),
      controllerChannel: this.#channel,
      passwords: SESSION_PASSWORDS,
      onFollowing: (isFollowing) => this.#health.setServing(WHOLE_SERVER, isFollowing),
    });
    this.#listener = createZookeeperListener({
      ...endpoints.client,
      handler: {
        accept: (socket) => this.#server.accept(socket),
        answerWord: (word) => this.#server.answerWord(word),
        wordOf: fourLetterWord,
      },
      limits: listenerLimits(config),
      logger: platform.logger,
      meter: platform.meter,
    });
  }

  async start(): Promise<void> {
    const { endpoints } = this.#options.config;
    await this.#grpc.start().catch((cause: unknown) => {
      throw new Error(listenErrorText(cause, endpoints.zookeeper?.grpc ?? { host: '', port: 0 }), { cause });
    });
    if (this.#isStopping) return;
    await this.#listener.start().catch((cause: unknown) => {
      throw new Error(listenErrorText(cause, endpoints.zookeeper?.client ?? { host: '', port: 0 }), { cause });
    });
    if (this.#isStopping) return;
    void this.#node.clusterId().then((clusterId) => {
      if (!this.#isStopping) this.#server.start(clusterId);
    });
    // A new folder waits for the quorum to say which cluster it is, which may take as long as it likes.
    if (this.#options.node === undefined) void this.#node.metadataLog.start().catch(this.#options.onFatal);
  }

  isReady(): boolean {
    return !this.#isStopping && this.#server.isFollowing();
  }

  whyNotReady(): string | undefined {
    return this.#isStopping ? 'stopping' : this.#server.whyNotFollowing();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#health.setServing(WHOLE_SERVER, false);
    this.#server.stop();
    await this.#listener.stop();
    if (this.#options.node === undefined) await this.#node.metadataLog.stop();
    this.#channel.close();
    await this.#grpc.stop(DRAIN_MS);
  }
}
