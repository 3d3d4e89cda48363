import type { Connector, Platform, ServiceHost } from '@milena/platform';
import type { LogDirectory } from '@milena/log-store';
import type { ActiveControllerChannel, MetadataLog } from '@milena/raft-driver';
import type { BrokerConfig } from './broker-config';
import type { BrokerContext } from './broker-context';
import type { PlantedBugs } from './planted-bugs';
import type { RequestHandler, RequestHandlerFactory } from './request-handler';

/** Everything a broker is made from. */
export interface BrokerServerOptions {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly metadataLog: MetadataLog;
  readonly controllerChannel: ActiveControllerChannel;
  /** Registration and heartbeats travel on connections of their own, so that a busy path never delays a sign of life. */
  readonly lifecycleChannel: ActiveControllerChannel;
  readonly connector: Connector;
  readonly serviceHost: ServiceHost;
  readonly logDirectory: LogDirectory;
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
