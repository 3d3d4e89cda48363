import { join } from 'node:path';
import { metadataLogConfig, type NodeConfig } from '@milena/config';
import { createControllerServer, type ControllerServer } from '@milena/controller-server';
import { invariant, type Endpoint } from '@milena/model';
import type { Platform, Timer } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { createRaftDriver, metadataFolder, ownMetaProperties, readBootstrapCheckpoint } from '@milena/raft-driver';
import {
  createGrpcConnector,
  createGrpcServer,
  createHealthService,
  listenErrorText,
  type GrpcServer,
  type HealthService,
} from '@milena/rpc';
import type { ServiceNode } from '@milena/service-process';
import { rehearse } from './rehearsal/rehearse';
import { RehearsalSchedule } from './rehearsal/rehearsal-schedule';

/** Name under which the health service speaks for all services. */
const WHOLE_SERVER = '';
/** How often the health service is told whether the quorum works. */
const HEALTH_INTERVAL_MS = 50;
/** How long calls under way may take to end when the server stops. */
const DRAIN_MS = 200;

/** What a controller process is made from. */
export interface ControllerProcessOptions {
  readonly config: NodeConfig;
  readonly outputs: Pick<Platform, 'logger' | 'tracer' | 'meter'>;
  /** Called when the process must end at once, because its state can no longer be trusted. */
  readonly onFatal: (error: unknown) => void;
  /** Set when a broker in this process holds the lock on the same folder. */
  readonly isFolderLocked?: boolean;
}

/** A controller with its sockets and its disk. */
export interface ControllerProcess {
  /** Resolves when it listens and takes part; the health service says when the quorum answers. */
  start(): Promise<void>;
  /** Hands leadership over, then closes log and sockets. */
  stop(): Promise<void>;
  /** Whether it leads a live quorum or follows its leader. */
  isReady(): boolean;
  whyNotReady(): string;
  /** What the other roles of this process share; `start` and `stop` start and stop its metadata log. */
  readonly node: ServiceNode;
}

/** Makes a controller from its configuration; throws UnusableLogFolder when its folder is not formatted or another's. */
export function createControllerProcess(options: ControllerProcessOptions): ControllerProcess {
  const { config, outputs, onFatal, isFolderLocked = false } = options;
  const listener = config.listeners.controller;
  invariant(listener !== undefined, 'a controller has a controller listener', { nodeId: config.nodeId });
  const platform = createNodePlatform(outputs);
  const storage = ownMetaProperties(platform.disk, config.metadataFolder, {
    nodeId: config.nodeId,
    configFile: config.file,
  });
  const connector = createGrpcConnector(outputs);
  const health = createHealthService();
  const server = createGrpcServer({ ...listener.bind, ...outputs, health });
  const metadataLog = createRaftDriver({
    ...storage,
    platform,
    role: 'voter',
    logFolder: config.metadataFolder,
    locksLogFolder: !isFolderLocked,
    connector,
    serviceHost: server,
    endpoint: listener.advertised,
    staticVoters: config.quorum.voters,
    bootstrapServers: config.quorum.bootstrap,
    autoJoin: config.quorum.autoJoin,
    settings: config.quorum.settings,
    ...metadataLogConfig(config.server),
    onFatal,
  });
  const controller = createControllerServer({
    platform,
    nodeId: config.nodeId,
    config: { clusterId: storage.clusterId, server: config.server },
    metadataLog,
    endpoint: listener.advertised,
    bootstrapRecords: readBootstrapCheckpoint(platform.disk, metadataFolder(config.metadataFolder))?.records ?? [],
    connector,
    serviceHost: server,
    onFatal,
  });
  return new RunningController(
    { platform, connector, metadataLog, clusterId: () => Promise.resolve(storage.clusterId) },
    { server, health, controller, config, bind: listener.bind },
  );
}

interface Parts {
  readonly server: GrpcServer;
  readonly health: HealthService;
  readonly controller: ControllerServer;
  readonly config: NodeConfig;
  readonly bind: Endpoint;
}

class RunningController implements ControllerProcess {
  #timer: Timer | undefined;
  #isStopping = false;
  readonly #rehearsal: RehearsalSchedule;

  constructor(
    readonly node: ServiceNode,
    private readonly parts: Parts,
  ) {
    const { clock, logger } = node.platform;
    const { server, metadataFolder: logFolder } = parts.config;
    const folder = join(metadataFolder(logFolder), 'rehearsal');
    this.#rehearsal = new RehearsalSchedule({
      clock,
      logger,
      followedEpoch: () => this.#followedEpoch(),
      rehearse: (isWanted) => rehearse({ folder, server, isWanted }),
    });
  }

  async start(): Promise<void> {
    const { server, controller, bind } = this.parts;
    await server.start().catch((cause: unknown) => {
      throw new Error(listenErrorText(cause, bind), { cause });
    });
    controller.start();
    if (this.#isStopping) return;
    await this.node.metadataLog.start();
    this.#reportHealth();
  }

  isReady(): boolean {
    return !this.#isStopping && this.node.metadataLog.health() && this.parts.controller.isReady();
  }

  whyNotReady(): string {
    if (this.#isStopping) return 'the controller is stopping';
    const { leaderId, epoch } = this.node.metadataLog.leader();
    if (leaderId === undefined) return `the quorum has no leader in epoch ${epoch}`;
    return `the controller does not hear from the leader ${leaderId} of epoch ${epoch}, or has not caught up with it`;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    this.parts.health.setServing(WHOLE_SERVER, false);
    this.parts.controller.stop();
    await this.node.metadataLog.stop();
    await this.parts.server.stop(DRAIN_MS);
    await this.#rehearsal.stop();
  }

  #reportHealth(): void {
    if (this.#isStopping) return;
    this.parts.health.setServing(WHOLE_SERVER, this.isReady());
    this.#rehearsal.look();
    this.#timer = this.node.platform.timers.after(HEALTH_INTERVAL_MS, () => this.#reportHealth());
  }

  /** Epoch in which this controller follows another; undefined when it leads, or is not ready. */
  #followedEpoch(): number | undefined {
    const { leaderId, epoch } = this.node.metadataLog.leader();
    return this.isReady() && leaderId !== this.parts.config.nodeId ? epoch : undefined;
  }
}
