import { SUPPORTED_FEATURES, type MetadataDelta, type MetadataImage } from '@milena/metadata';
import { MetadataFollower } from '@milena/metadata-follower';
import { randomUuid, type Endpoint, type Uuid } from '@milena/model';
import type { LogDirectory } from '@milena/log-store';
import type { Connector, Platform, ServiceHost } from '@milena/platform';
import {
  createQuorumLeaderChannel,
  snapshotTriggers,
  type ActiveControllerChannel,
  type MetadataLog,
} from '@milena/raft-driver';
import { serveBrokerAdmin } from './admin/broker-admin-service';
import type { BrokerConfig } from './broker-config';
import type { BrokerContext } from './broker-context';
import { BrokerLifecycle } from './broker-lifecycle';
import { BrokerRegistrar } from './broker-registrar';
import type { BrokerStartFailure } from './broker-start-failure';
import { createGroupCoordinators, type HostedCoordinators } from './coordinator/create-group-coordinators';
import { createReplicaManager, type BrokerReplicas } from './create-replica-manager';
import type { PlantedBugs } from './planted-bugs';
import { ProducerIdBlocks } from './producer-id-blocks';
import type { RequestHandler, RequestHandlerFactory } from './request-handler';

/** Everything a broker is made from. */
export interface BrokerServerOptions {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly metadataLog: MetadataLog;
  readonly controllerChannel: ActiveControllerChannel;
  /** Registration and heartbeats travel on connections of their own, so that a busy path never delays a sign of life. */
  readonly lifecycleChannel: ActiveControllerChannel;
  /** Controllers to ask about the quorum while the metadata log knows no leader. */
  readonly controllers?: readonly Endpoint[];
  readonly connector: Connector;
  /** The peer listener; the broker registers its services before it starts to listen. */
  readonly serviceHost: ServiceHost;
  readonly logDirectory: LogDirectory;
  /** Id of the log directory from its meta.properties: a replaced disk has a new one, and its replicas count for nothing. */
  readonly directoryId: Uuid;
  /** Makes the Kafka API handlers: `createApiHandler` of this lib, or a fake in specs. */
  readonly requestHandler: RequestHandlerFactory;
  /**
   * Called once when the broker cannot go on after it has started: its log directory failed, or another live broker took
   * its id. The process should stop.
   */
  readonly onFatal: (error: Error) => void;
  /** Deliberate faults that prove the simulator's checkers; production passes nothing. */
  readonly plantedBugs?: PlantedBugs;
}

/** A broker minus its sockets. */
export interface BrokerServer {
  /**
   * Resolves once the broker is registered, unfenced and caught up with the metadata log, however long no controller
   * answers. Rejects with BrokerStartFailure when the cluster refuses this broker, and when it is stopped before.
   */
  start(): Promise<void>;
  /** Registered, unfenced, caught up, and heard by the active controller within its session. */
  readonly ready: boolean;
  readonly context: BrokerContext;
  readonly handleRequest: RequestHandler;
  /**
   * Moves leaderships away; resolves when the controller agrees or the configured time is over, and at once when
   * `controlled.shutdown.enable` is off.
   */
  beginControlledShutdown(): Promise<void>;
  /** Ends all work and closes the logs cleanly. */
  stop(): Promise<void>;
}

/** Makes a broker. Its services are registered with the service host at once, so that it may start to listen. */
export function createBrokerServer(options: BrokerServerOptions): BrokerServer {
  return new Broker(options);
}

class Broker implements BrokerServer {
  readonly context: BrokerContext;
  readonly handleRequest: RequestHandler;
  readonly #incarnationId: Uuid;
  readonly #follower: MetadataFollower;
  readonly #lifecycle: BrokerLifecycle;
  readonly #replicas: BrokerReplicas;
  readonly #groups: HostedCoordinators;
  #started: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  #hasFailed = false;

  constructor(private readonly options: BrokerServerOptions) {
    const { platform, config, metadataLog, controllerChannel, plantedBugs = {} } = options;
    const { nodeId, clusterId } = config;
    const principal = `User:broker-${nodeId}`;
    const brokerEpoch = (): number => this.#lifecycle.brokerEpoch;
    const image = (): MetadataImage => this.#follower.image;
    this.#incarnationId = randomUuid((count) => platform.random.bytes(count));
    this.#follower = new MetadataFollower({
      platform,
      metadataLog,
      // Before this life's own registration the log tells history: taking part in it would mean to lead in epochs long over.
      publishFrom: (record) => record.type === 'RegisterBrokerRecord' && record.incarnationId === this.#incarnationId,
      publish: (delta, newest) => this.#published(delta, newest),
      snapshots: { metadataLog, triggers: snapshotTriggers(config.server), logger: platform.logger },
    });
    this.#lifecycle = this.#createLifecycle(principal);
    const waitForMetadata: BrokerContext['waitForMetadata'] = (offset, timeoutMs) =>
      this.#follower.waitFor(offset, timeoutMs);
    this.#groups = createGroupCoordinators({
      ...options,
      image,
      waitForMetadata,
      logDirectoryPath: options.logDirectory.path,
      replicas: () => this.#replicas,
    });
    this.#replicas = createReplicaManager({
      ...options,
      principal,
      image,
      brokerEpoch,
      plantedBugs,
      observer: this.#groups.observer,
      onDirectoryFailed: (error) => this.#failed(toError(error)),
    });
    this.context = {
      nodeId,
      clusterId,
      config,
      platform,
      replicaManager: this.#replicas,
      logDirectory: { path: options.logDirectory.path, logs: this.#replicas.logs },
      producerIds: new ProducerIdBlocks({ nodeId, principal, brokerEpoch, controllerChannel }),
      groups: this.#groups,
      controllerChannel,
      quorum: createQuorumLeaderChannel({ ...options, bootstrap: options.controllers ?? [] }),
      image,
      waitForMetadata,
    };
    serveBrokerAdmin(options.serviceHost, {
      broker: this.context,
      replicaLogs: this.#replicas.logs,
      waitForMetadataEnd: (end, timeoutMs) => this.#follower.waitForEnd(end, timeoutMs),
    });
    this.handleRequest = options.requestHandler(this.context);
  }

  start(): Promise<void> {
    this.#groups.start();
    this.#replicas.start();
    this.#follower.start();
    this.#lifecycle.start();
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject };
      this.#tellReadiness();
    });
  }

  get ready(): boolean {
    const { state, brokerEpoch, isInTouch } = this.#lifecycle;
    const self = this.#follower.image.broker(this.options.config.nodeId);
    return state === 'registered' && isInTouch && self?.epoch === brokerEpoch && !self.fenced && !this.#hasFailed;
  }

  beginControlledShutdown(): Promise<void> {
    if (!this.options.config.server.boolean('controlled.shutdown.enable')) return Promise.resolve();
    return this.#lifecycle.beginControlledShutdown();
  }

  async stop(): Promise<void> {
    const { logDirectory, platform } = this.options;
    this.#started?.reject(new Error('the broker was stopped before it was ready'));
    this.#started = undefined;
    const { brokerEpoch } = this.#lifecycle;
    this.#lifecycle.close();
    this.context.quorum.close();
    this.#follower.close();
    await this.#replicas.stop();
    await this.#groups.stop();
    await logDirectory.close(brokerEpoch < 0 ? undefined : brokerEpoch);
    platform.logger.info('broker stopped');
  }

  #createLifecycle(principal: string): BrokerLifecycle {
    const { platform, config, lifecycleChannel, logDirectory, directoryId } = this.options;
    const { nodeId, clusterId, listeners, rack, server, limits } = config;
    const heartbeatIntervalMs = server.number('broker.heartbeat.interval.ms');
    const sessionTimeoutMs = server.number('broker.session.timeout.ms');
    const registrar = new BrokerRegistrar({
      ...platform,
      channel: lifecycleChannel,
      holderPatienceMs: sessionTimeoutMs + heartbeatIntervalMs,
      request: {
        principal,
        clusterId,
        brokerId: nodeId,
        incarnationId: this.#incarnationId,
        listeners,
        features: SUPPORTED_FEATURES,
        ...(rack === undefined ? {} : { rack }),
        logDirectories: [directoryId],
        previousBrokerEpoch: logDirectory.previousBrokerEpoch ?? -1,
      },
    });
    return new BrokerLifecycle({
      ...platform,
      nodeId,
      principal,
      channel: lifecycleChannel,
      registrar,
      heartbeatIntervalMs,
      sessionTimeoutMs,
      controlledShutdownTimeoutMs: limits.controlledShutdownTimeoutMs,
      metadataOffset: () => this.#follower.image.provenance.offset,
      onRegistered: () => this.#tellReadiness(),
      onRefused: (failure) => this.#refused(failure),
    });
  }

  #published(delta: MetadataDelta, image: MetadataImage): void {
    this.#replicas.apply(delta, image);
    this.#groups.apply(delta);
    const self = image.broker(this.options.config.nodeId);
    this.#lifecycle.metadataApplied({ isFenced: self?.fenced ?? true });
    this.#tellReadiness();
  }

  #tellReadiness(): void {
    if (this.#started === undefined || !this.ready) return;
    this.options.platform.logger.info('broker is ready', { brokerEpoch: this.#lifecycle.brokerEpoch });
    this.#started.resolve();
    this.#started = undefined;
  }

  #refused(failure: BrokerStartFailure): void {
    const started = this.#started;
    this.#started = undefined;
    if (started === undefined) this.#failed(failure);
    else started.reject(failure);
  }

  #failed(error: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.options.onFatal(error);
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
