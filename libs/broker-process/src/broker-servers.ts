import { createApiHandler, createBrokerServer, DEFAULT_BROKER_LIMITS, type BrokerServer } from '@milena/broker-server';
import type { NodeConfig } from '@milena/config';
import { createKafkaListener, type KafkaListener } from '@milena/kafka-listener';
import type { LogDirectory } from '@milena/log-store';
import { invariant } from '@milena/model';
import { createActiveControllerChannel, type ActiveControllerChannel, type MetaProperties } from '@milena/raft-driver';
import {
  createGrpcServer,
  createHealthService,
  listenErrorText,
  type GrpcServer,
  type HealthService,
} from '@milena/rpc';
import type { ServiceNode } from '@milena/service-process';
import { brokerListeners } from './broker-listeners';
import { connectionLimits } from './connection-limits';
import { registerIdleGauges } from './idle-gauges';
import type { RequestGate } from './request-gate';

/** The largest message a peer may send: one batch may exceed every fetch limit. */
const PEER_MESSAGE_BYTES_MAX = 128 * 1024 * 1024;

/** What serves clients and peers, once the logs are open. */
export interface BrokerServers {
  readonly broker: BrokerServer;
  readonly grpc: GrpcServer;
  readonly health: HealthService;
  readonly listeners: readonly KafkaListener[];
  readonly channels: readonly ActiveControllerChannel[];
}

/** What they are made from. */
export interface BrokerServersOptions {
  readonly config: NodeConfig;
  readonly storage: MetaProperties;
  readonly node: ServiceNode;
  readonly logDirectory: LogDirectory;
  readonly gate: RequestGate;
  readonly onFatal: (error: unknown) => void;
}

/** Makes the servers of a broker; nothing listens yet. */
export function createBrokerServers(options: BrokerServersOptions): BrokerServers {
  const { config, storage, node, logDirectory, gate, onFatal } = options;
  const { platform, connector, metadataLog } = node;
  const { peer } = config.listeners;
  invariant(peer !== undefined, 'a broker has a peer listener', { nodeId: config.nodeId });
  const health = createHealthService();
  const grpc = createGrpcServer({ ...peer.bind, ...platform, health, maxReceiveBytes: PEER_MESSAGE_BYTES_MAX });
  const bootstrap = config.quorum.bootstrap;
  const channel = () => createActiveControllerChannel({ platform, connector, metadataLog, bootstrap });
  const controllerChannel = channel();
  const lifecycleChannel = channel();
  const broker = createBrokerServer({
    platform,
    config: {
      nodeId: config.nodeId,
      clusterId: storage.clusterId,
      listeners: brokerListeners(config.listeners),
      interBrokerListenerName: peer.name,
      ...(config.rack === undefined ? {} : { rack: config.rack }),
      server: config.server,
      limits: DEFAULT_BROKER_LIMITS,
    },
    metadataLog,
    controllerChannel,
    lifecycleChannel,
    controllers: bootstrap,
    connector,
    serviceHost: grpc,
    logDirectory,
    directoryId: storage.directoryId,
    requestHandler: createApiHandler,
    onFatal,
  });
  const listeners = config.listeners.clients.map(({ name, bind }) =>
    createKafkaListener({
      name,
      ...bind,
      handle: async (frame, connection) => {
        await gate.passed();
        return broker.handleRequest(frame, connection);
      },
      limits: connectionLimits(config.server),
      logger: platform.logger,
      meter: platform.meter,
    }),
  );
  registerIdleGauges(platform.meter);
  return { broker, grpc, health, listeners, channels: [controllerChannel, lifecycleChannel] };
}

/** Opens the peer listener, then those for clients; throws an error that names the port that is taken. */
export async function listen({ grpc, listeners }: BrokerServers, { listeners: { peer } }: NodeConfig): Promise<void> {
  await grpc.start().catch((cause: unknown) => {
    throw new Error(listenErrorText(cause, peer?.bind ?? { host: '', port: 0 }), { cause });
  });
  for (const listener of listeners) await listener.start();
}
