import type { ConfigProblem, ServerConfig } from '@milena/config-schema';
import { listenerConfig, type ListenerConfig } from './listener-config';
import { quorumConfig, type QuorumConfig } from './quorum-config';
import { serviceEndpoints, type ServiceEndpoints } from './service-endpoints';

/** What a process does, at least one of these. */
export interface NodeRoles {
  readonly broker: boolean;
  readonly controller: boolean;
  /** Serves the admin API. */
  readonly gateway: boolean;
  /** Speaks ZooKeeper's protocol. */
  readonly zookeeper: boolean;
}

/** Everything a process needs to know of itself, checked. Keys not singled out here are read from `server`. */
export interface NodeConfig {
  /** The properties file, as it was named; undefined without one. */
  readonly file: string | undefined;
  readonly nodeId: number;
  readonly roles: NodeRoles;
  /** Folder of the data logs and of meta.properties. */
  readonly dataFolder: string;
  /** Folder of the metadata log; often the same as `dataFolder`. */
  readonly metadataFolder: string;
  readonly rack: string | undefined;
  /** Kafka's `listeners`; those of the other services are `endpoints`. */
  readonly listeners: ListenerConfig;
  readonly endpoints: ServiceEndpoints;
  readonly quorum: QuorumConfig;
  readonly server: ServerConfig;
}

/** Works out a node's configuration from its keys; what is wrong is added to `problems`. */
export function nodeConfig(
  server: ServerConfig,
  { file, hostname }: { readonly file?: string | undefined; readonly hostname: string },
  problems: ConfigProblem[],
): NodeConfig {
  const roles = server.list('process.roles');
  const folders = server.list('log.dirs') ?? [server.string('log.dir')];
  if (folders.length !== 1) {
    const message = `must be one folder (got ${folders.length}); several are not supported yet`;
    problems.push({ origin: server.origin('log.dirs'), key: 'log.dirs', message });
  }
  const dataFolder = folders[0] ?? '';
  return {
    file,
    nodeId: server.number('node.id'),
    roles: {
      broker: roles.includes('broker'),
      controller: roles.includes('controller'),
      gateway: roles.includes('gateway'),
      zookeeper: roles.includes('zookeeper'),
    },
    dataFolder,
    metadataFolder: server.string('metadata.log.dir') ?? dataFolder,
    rack: server.string('broker.rack'),
    listeners: listenerConfig(server, hostname, problems),
    endpoints: serviceEndpoints(server, problems),
    quorum: quorumConfig(server, problems),
    server,
  };
}
