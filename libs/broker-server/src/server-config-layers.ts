import type { ServerConfigLayers } from '@milena/config-schema';
import type { MetadataImage } from '@milena/metadata';
import type { BrokerConfig } from './broker-config';

/** What decides this broker's configuration: its own start, and what the metadata log sets for all brokers and for it. */
export function serverConfigLayers(
  image: MetadataImage,
  { nodeId, server }: Pick<BrokerConfig, 'nodeId' | 'server'>,
): ServerConfigLayers {
  const cluster = image.config({ type: 'BROKER', name: '' });
  return { server, cluster, broker: image.config({ type: 'BROKER', name: String(nodeId) }) };
}
