import { SUPPORTED_FEATURES, type MetadataImage, type SupportedFeature } from '@milena/metadata';
import { success, type Result } from '@milena/model';
import { ClusterService } from '@milena/proto';
import { adminMethods, type AdminMethod } from './admin-method';
import { clusterHealth } from './cluster-health';
import type { GatewayContext } from './gateway-context';
import { pageOf, requestedPage, type PageFields } from './paging';
import { timestampMessage } from './timestamp';

/** ClusterService: the cluster as a whole, from the gateway's own image. */
export function clusterService(context: GatewayContext): readonly AdminMethod[] {
  return adminMethods(ClusterService, {
    getCluster: () => Promise.resolve(getCluster(context)),
    getClusterHealth: () => Promise.resolve(getClusterHealth(context)),
    listFeatures: (request) => Promise.resolve(listFeatures(context, request)),
  });
}

function getCluster(context: GatewayContext) {
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  const { clusterId, image, timeMs } = metadata.value;
  const { leaderId, epoch } = context.leader();
  const cluster = {
    clusterId,
    ...(leaderId === undefined ? {} : { activeControllerId: leaderId }),
    controllerEpoch: epoch,
    brokerCount: image.brokers().length,
    topicCount: image.topicCount,
    partitionCount: partitionCount(image),
    metadataOffset: BigInt(image.provenance.offset),
    ...(timeMs === undefined ? {} : { metadataTime: timestampMessage(timeMs) }),
    features: Object.fromEntries(image.features()),
  };
  return success({ cluster });
}

function partitionCount(image: MetadataImage): number {
  let count = 0;
  for (const topic of image.topics()) count += topic.partitionCount;
  return count;
}

function getClusterHealth(context: GatewayContext) {
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  const hasController = context.hasLiveLeader();
  return success({ health: clusterHealth(metadata.value.image, { hasController, server: context.server }) });
}

interface FeatureMessage {
  readonly name: string;
  readonly finalizedLevel: number;
  readonly supported?: { readonly minLevel: number; readonly maxLevel: number };
}

function listFeatures(
  context: GatewayContext,
  request: PageFields,
): Result<{ features: FeatureMessage[]; nextPageToken: string }> {
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  const page = requestedPage(request, 'features');
  if (!page.ok) return page;
  const { after = '' } = page.value;
  const { image } = metadata.value;
  const names = new Set([...image.features().map(([name]) => name), ...SUPPORTED_FEATURES.map(({ name }) => name)]);
  const sorted = [...names].sort().filter((name) => name > after);
  const { items, nextPageToken } = pageOf(sorted, page.value, (name) => name);
  return success({ features: items.map((name) => featureMessage(image, name)), nextPageToken });
}

/** What every registered broker supports; what this program does while none is registered. */
function featureMessage(image: MetadataImage, name: string): FeatureMessage {
  const registered = image.brokers().map(({ features }) => features);
  const everybody = registered.length === 0 ? [SUPPORTED_FEATURES] : registered;
  const ranges = everybody.map((features) => features.find((feature) => feature.name === name));
  const known = ranges.filter((range): range is SupportedFeature => range !== undefined);
  const minLevel = Math.max(...known.map((range) => range.minLevel));
  const maxLevel = Math.min(...known.map((range) => range.maxLevel));
  const isSupported = known.length === ranges.length && minLevel <= maxLevel;
  const finalizedLevel = image.featureLevel(name);
  return { name: `features/${name}`, finalizedLevel, ...(isSupported ? { supported: { minLevel, maxLevel } } : {}) };
}
