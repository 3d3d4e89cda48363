import { metadataLogConfig, type NodeConfig } from '@milena/config';
import type { Connector, Platform } from '@milena/platform';
import {
  checkMetaProperties,
  createRaftDriver,
  formatStorage,
  ownMetaProperties,
  readMetaProperties,
  type MetaProperties,
  type RaftDriver,
} from '@milena/raft-driver';
import { createGrpcConnector } from '@milena/rpc';
import { askClusterId, type ClusterIdQuestion } from './ask-cluster-id';
import { LateMetadataLog } from './late-metadata-log';
import type { ServiceNode } from './service-node';

/** What a node without a controller is made from. */
export interface ObserverNodeOptions {
  readonly config: NodeConfig;
  readonly platform: Platform;
  readonly onFatal: (error: unknown) => void;
}

/**
 * The parts of a node without a controller: it observes the metadata log. A broker's folder is formatted beforehand; that
 * of a gateway or shim holds nothing that cannot be read again, so it is prepared here, and until a quorum has told which
 * cluster that is, `metadataLog.start` stays pending. Throws UnusableLogFolder when the folder is another node's.
 */
export function createObserverNode(options: ObserverNodeOptions): ServiceNode {
  const { config, platform } = options;
  const connector = createGrpcConnector(platform);
  const found = ownFolder(options);
  if (found !== undefined) {
    const metadataLog = createObserver(options, connector, found);
    return { platform, connector, metadataLog, clusterId: () => Promise.resolve(found.clusterId) };
  }
  let question: ClusterIdQuestion | undefined;
  let isStopping = false;
  let tellClusterId: (clusterId: string) => void = () => undefined;
  const clusterId = new Promise<string>((resolve) => (tellClusterId = resolve));
  const metadataLog = new LateMetadataLog({
    nodeId: config.nodeId,
    async open() {
      if (isStopping) return undefined;
      question = askClusterId({ platform, connector, bootstrap: config.quorum.bootstrap });
      const answer = await question.answer;
      if (answer === undefined) return undefined;
      const properties = await prepareFolder(options, answer);
      tellClusterId(answer);
      return createObserver(options, connector, properties);
    },
    cancel() {
      isStopping = true;
      question?.withdraw();
    },
  });
  return { platform, connector, metadataLog, clusterId: () => clusterId };
}

function ownFolder({ config, platform }: ObserverNodeOptions): MetaProperties | undefined {
  const { nodeId, metadataFolder, file: configFile } = config;
  if (config.roles.broker) return ownMetaProperties(platform.disk, metadataFolder, { nodeId, configFile });
  const found = readMetaProperties(platform.disk, metadataFolder);
  if (found !== undefined) checkMetaProperties(metadataFolder, found, { nodeId });
  return found;
}

async function prepareFolder({ config, platform }: ObserverNodeOptions, clusterId: string): Promise<MetaProperties> {
  const { nodeId, metadataFolder, file: configFile } = config;
  await formatStorage({
    platform,
    logFolders: [metadataFolder],
    metadataLogFolder: metadataFolder,
    clusterId,
    nodeId,
    voters: { kind: 'none' },
    ignoreFormatted: true,
  });
  platform.logger.info('folder prepared', { folder: metadataFolder, clusterId });
  return ownMetaProperties(platform.disk, metadataFolder, { nodeId, configFile });
}

function createObserver(
  { config, platform, onFatal }: ObserverNodeOptions,
  connector: Connector,
  properties: MetaProperties,
): RaftDriver {
  return createRaftDriver({
    ...properties,
    platform,
    role: 'observer',
    logFolder: config.metadataFolder,
    // The logs of a broker lock their own folder.
    locksLogFolder: !config.roles.broker || config.metadataFolder !== config.dataFolder,
    connector,
    staticVoters: config.quorum.voters,
    bootstrapServers: config.quorum.bootstrap,
    settings: config.quorum.settings,
    ...metadataLogConfig(config.server),
    onFatal,
  });
}
