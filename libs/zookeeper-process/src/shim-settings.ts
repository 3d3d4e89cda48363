import { arch, hostname, release, type as systemName } from 'node:os';
import type { NodeConfig } from '@milena/config';
import type { ListenerLimits } from '@milena/zookeeper-listener';
import { DEFAULT_WATCH_LIMITS, type ZookeeperSettings } from '@milena/zookeeper-server';

/** The ZooKeeper release whose behaviour clients meet, in the form that tools take apart. */
const VERSION = '3.8.4-milena, built on 2026-11-22 00:00 UTC';

/** What the server is told, from the configuration. */
export function shimSettings({ server, nodeId, endpoints, metadataFolder }: NodeConfig): ZookeeperSettings {
  const tickTimeMs = server.number('zookeeper.tick.time.ms');
  const minMs = server.number('zookeeper.min.session.timeout.ms') ?? 2 * tickTimeMs;
  const maxMs = Math.max(minMs, server.number('zookeeper.max.session.timeout.ms') ?? 20 * tickTimeMs);
  return {
    version: VERSION,
    sessionTimeouts: { minMs, maxMs },
    staleReadsMs: tickTimeMs * server.number('zookeeper.sync.limit'),
    watchLimits: DEFAULT_WATCH_LIMITS,
    hiddenListener: server.string('inter.broker.listener.name').toUpperCase(),
    configuration: {
      clientPort: endpoints.zookeeper?.client.port ?? 0,
      secureClientPort: -1,
      dataDir: metadataFolder,
      dataLogDir: metadataFolder,
      tickTime: tickTimeMs,
      maxClientCnxns: server.number('zookeeper.max.client.cnxns'),
      minSessionTimeout: minMs,
      maxSessionTimeout: maxMs,
      clientPortListenBacklog: 511,
      serverId: nodeId,
    },
    environment: {
      'host.name': hostname(),
      'node.version': process.version,
      'os.name': systemName(),
      'os.arch': arch(),
      'os.version': release(),
    },
  };
}

/** What the listener allows its clients. */
export function listenerLimits({ server }: NodeConfig): Partial<ListenerLimits> {
  const perAddress = server.number('zookeeper.max.client.cnxns');
  const total = server.number('zookeeper.max.cnxns');
  return {
    packetBytesMax: server.number('zookeeper.jute.maxbuffer'),
    connectionsMax: total,
    connectionsPerAddressMax: perAddress === 0 ? total : perAddress,
  };
}
