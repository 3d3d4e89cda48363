import type { MetadataImage } from '@milena/metadata';
import { success } from '@milena/model';
import { ClusterService } from '@milena/proto';
import { adminMethods, type AdminMethod } from './admin-method';
import { clusterHealth } from './cluster-health';
import { getFeature, listFeatures, updateFeature } from './features';
import type { GatewayContext } from './gateway-context';
import { timestampMessage } from './timestamp';

/** ClusterService: the cluster as a whole, from the gateway's own image. */
export function clusterService(context: GatewayContext): readonly AdminMethod[] {
  return adminMethods(ClusterService, {
    getCluster: () => Promise.resolve(getCluster(context)),
    getClusterHealth: () => Promise.resolve(getClusterHealth(context)),
    listFeatures: (request) => Promise.resolve(listFeatures(context, request)),
    getFeature: ({ name }) => Promise.resolve(getFeature(context, name)),
    updateFeature: (request, call) => updateFeature(context, request, call),
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
