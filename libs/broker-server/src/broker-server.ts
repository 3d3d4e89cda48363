import type { Connector, Platform, ServiceHost } from '@milena/platform';
import type { LogDirectory } from '@milena/log-store';
import type { ActiveControllerChannel, MetadataLog } from '@milena/raft-driver';
import type { BrokerConfig } from './broker-config';
import type { BrokerContext } from './broker-context';
import type { RequestHandler, RequestHandlerFactory } from './request-handler';

/** Everything a broker is made from. */
export interface BrokerServerOptions {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly metadataLog: MetadataLog;
  readonly controllerChannel: ActiveControllerChannel;
  readonly connector: Connector;
  readonly serviceHost: ServiceHost;
  readonly logDirectory: LogDirectory;
  /** Makes the Kafka API handlers: `createApiHandler` of this lib, or a fake in specs. */
  readonly requestHandler: RequestHandlerFactory;
  /** Deliberate faults that prove the simulator's checkers; production passes nothing. */
  readonly plantedBugs?: PlantedBugs;
}

/** Faults a simulator may plant. Each must be caught by a checker (docs/testing.md). */
export interface PlantedBugs {
  /** Bug 7: acks=all is answered as soon as the leader has the batch, before the high watermark passes it. */
  readonly acknowledgeBeforeHighWatermark?: boolean;
}

/** A broker minus its sockets. */
export interface BrokerServer {
  /**
   * Resolves once the broker is registered, unfenced and caught up with the metadata log, however long no controller
   * answers. Rejects with BrokerStartFailure when the cluster refuses this broker.
   */
  start(): Promise<void>;
  /** Registered, unfenced and caught up. */
  readonly ready: boolean;
  readonly context: BrokerContext;
  readonly handleRequest: RequestHandler;
  /** Moves leaderships away; resolves when the controller agrees or the configured time is over. */
  beginControlledShutdown(): Promise<void>;
  /** Ends all work and closes the logs cleanly. */
  stop(): Promise<void>;
}
