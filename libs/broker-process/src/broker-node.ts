import type { NodeConfig } from '@milena/config';
import type { Connector, Platform } from '@milena/platform';
import { createRaftDriver, ownMetaProperties, type RaftDriver } from '@milena/raft-driver';
import { createGrpcConnector } from '@milena/rpc';

/** The parts of a node that all its roles share. */
export interface BrokerNode {
  readonly platform: Platform;
  readonly connector: Connector;
  readonly metadataLog: RaftDriver;
}

/** What those of a node without a controller are made from. */
export interface BrokerNodeOptions {
  readonly config: NodeConfig;
  readonly platform: Platform;
  readonly onFatal: (error: unknown) => void;
}

/** The parts of a node without a controller: it observes the metadata log. */
export function createBrokerNode({ config, platform, onFatal }: BrokerNodeOptions): BrokerNode {
  const connector = createGrpcConnector(platform);
  const metadataLog = createRaftDriver({
    ...ownMetaProperties(platform.disk, config.metadataFolder, { nodeId: config.nodeId, configFile: config.file }),
    platform,
    role: 'observer',
    logFolder: config.metadataFolder,
    locksLogFolder: config.metadataFolder !== config.dataFolder,
    connector,
    staticVoters: config.quorum.voters,
    bootstrapServers: config.quorum.bootstrap,
    settings: config.quorum.settings,
    onFatal,
  });
  return { platform, connector, metadataLog };
}
