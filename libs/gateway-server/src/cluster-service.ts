import type { MetadataImage } from '@milena/metadata';
import { success } from '@milena/model';
import { ClusterService } from '@milena/proto';
import { adminMethods, type AdminAnswer, type AdminCall, type AdminMethod } from './admin-method';
import { clusterHealth } from './cluster-health';
import { getFeature, listFeatures, updateFeature } from './features';
import type { GatewayContext } from './gateway-context';
import type { ReadFields } from './read-metadata';
import { timestampMessage } from './timestamp';

/** ClusterService: the cluster as a whole. Health is told from what the gateway has applied, whoever answers. */
export function clusterService(context: GatewayContext): readonly AdminMethod[] {
  return adminMethods(ClusterService, {
    getCluster: (request, call) => getCluster(context, request, call),
    getClusterHealth: () => Promise.resolve(getClusterHealth(context)),
    listFeatures: (request, call) => listFeatures(context, request, call),
    getFeature: (request, call) => getFeature(context, request, call),
    updateFeature: (request, call) => updateFeature(context, request, call),
  });
}

async function getCluster(
  context: GatewayContext,
  request: ReadFields,
  call: AdminCall,
): AdminAnswer<typeof ClusterService, 'getCluster'> {
  const metadata = await context.read(request, call);
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
