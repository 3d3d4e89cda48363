import type { NodeConfig } from '@milena/config';
import type { LogDirectory } from '@milena/log-store';
import type { Platform, Timer } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { ownMetaProperties, type MetaProperties } from '@milena/raft-driver';
import { createObserverNode, type ServiceNode } from '@milena/service-process';
import { createBrokerServers, listen, type BrokerServers } from './broker-servers';
import { openLogs } from './open-logs';
import { createRequestGate, type RequestGate } from './request-gate';

/** Name under which the health service speaks for all services. */
const WHOLE_SERVER = '';
/** How often the health service is told whether the broker is ready. */
const HEALTH_INTERVAL_MS = 250;
/** How long requests under way may take to be answered when the listeners stop. */
const DRAIN_MS = 500;

/** What a broker process is made from. */
export interface BrokerProcessOptions {
  readonly config: NodeConfig;
  readonly outputs: Pick<Platform, 'logger' | 'tracer' | 'meter'>;
  /** Called when the process must end at once, because its state can no longer be trusted. */
  readonly onFatal: (error: unknown) => void;
  /** Set when this process has other roles too: the metadata log is then started and stopped by whoever made the node. */
  readonly node?: ServiceNode;
}

/** A broker with its sockets and its disk. */
export interface BrokerProcess {
  /** Locks and recovers the logs; `start` does it too. A controller that shares the folder starts after this. */
  open(): Promise<void>;
  /** Resolves when clients are served, however long no controller answers. Rejects when this broker cannot run. */
  start(): Promise<void>;
  /** Hands leaderships over within bounds, then closes listeners and logs; also while `start` is under way. */
  stop(): Promise<void>;
  /** Whether the cluster counts on it: registered, unfenced, caught up, in touch with the controller, and not stopping. */
  isReady(): boolean;
  whyNotReady(): string;
}

/** Makes a broker from its configuration; throws UnusableLogFolder when its folder is not formatted or another's. */
export function createBrokerProcess(options: BrokerProcessOptions): BrokerProcess {
  return new RunningBroker(options);
}

class RunningBroker implements BrokerProcess {
  readonly #config: NodeConfig;
  readonly #storage: MetaProperties;
  readonly #node: ServiceNode;
  readonly #gate: RequestGate;
  #opening: Promise<LogDirectory> | undefined;
  #servers: BrokerServers | undefined;
  #healthTimer: Timer | undefined;
  #isStopping = false;

  constructor(private readonly options: BrokerProcessOptions) {
    const { config, outputs, node, onFatal } = options;
    this.#config = config;
    const platform = node?.platform ?? createNodePlatform(outputs);
    this.#storage = ownMetaProperties(platform.disk, config.dataFolder, {
      nodeId: config.nodeId,
      configFile: config.file,
    });
    this.#node = node ?? createObserverNode({ config, platform, onFatal });
    this.#gate = createRequestGate(platform.timers);
  }

  async open(): Promise<void> {
    this.#opening ??= openLogs(this.#node.platform, this.#config);
    await this.#opening;
  }

  async start(): Promise<void> {
    this.#opening ??= openLogs(this.#node.platform, this.#config);
    const logDirectory = await this.#opening;
    if (this.#isStopping) return;
    const { node, onFatal } = this.options;
    const servers = createBrokerServers({
      config: this.#config,
      storage: this.#storage,
      node: this.#node,
      logDirectory,
      gate: this.#gate,
      onFatal,
    });
    this.#servers = servers;
    await listen(servers, this.#config);
    if (node === undefined && !this.#isStopping) await this.#node.metadataLog.start();
    if (this.#isStopping) return;
    await servers.broker.start();
    this.#gate.open();
    this.#reportHealth(servers);
    this.#node.platform.logger.info('broker serves', { clusterId: this.#storage.clusterId });
  }

  isReady(): boolean {
    return !this.#isStopping && this.#servers?.broker.ready === true;
  }

  whyNotReady(): string {
    if (this.#isStopping) return 'the broker is stopping';
    if (this.#servers === undefined) return 'the broker recovers its logs';
    const { leaderId } = this.#node.metadataLog.leader();
    if (leaderId === undefined) return 'the broker knows no active controller';
    return `the broker is not registered, unfenced, caught up and in touch with the active controller ${leaderId}`;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const logDirectory = await this.#opening?.catch(() => undefined);
    const servers = this.#servers;
    if (servers === undefined) {
      await logDirectory?.close();
      return;
    }
    this.#healthTimer?.cancel();
    servers.health.setServing(WHOLE_SERVER, false);
    if (this.#config.server.boolean('controlled.shutdown.enable')) await servers.broker.beginControlledShutdown();
    await Promise.all(servers.listeners.map((listener) => listener.stop(DRAIN_MS)));
    await servers.broker.stop();
    if (this.options.node === undefined) await this.#node.metadataLog.stop();
    for (const channel of servers.channels) channel.close();
    await servers.grpc.stop();
  }

  #reportHealth(servers: BrokerServers): void {
    if (this.#isStopping) return;
    servers.health.setServing(WHOLE_SERVER, this.isReady());
    this.#healthTimer = this.#node.platform.timers.after(HEALTH_INTERVAL_MS, () => this.#reportHealth(servers));
  }
}
