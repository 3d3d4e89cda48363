import type { MessageInitShape } from '@bufbuild/protobuf';
import { listReplicaLogsRpc, unregisterBrokerRpc } from '@milena/cluster-protocol';
import type { BrokerRegistration, MetadataImage } from '@milena/metadata';
import { failure, success, type Result } from '@milena/model';
import {
  AdminBrokerState,
  AdminSecurityProtocol,
  BrokerService,
  ReadConsistency,
  type AdminBrokerSchema,
} from '@milena/proto';
import { adminMethods, type AdminAnswer, type AdminCall, type AdminMethod } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { isNumberKey, pageOf, requestedPage, type PageFields } from './paging';
import { isPartitionKey, parsePartitionKey, partitionKey } from './partition-key';
import type { ReadFields } from './read-metadata';
import { brokerName, parseBrokerName } from './resource-name';

type BrokerMessage = MessageInitShape<typeof AdminBrokerSchema>;

/** BrokerService: registrations from the gateway's image, once it is as fresh as asked for; logs from the brokers themselves. */
export function brokerService(context: GatewayContext): readonly AdminMethod[] {
  return adminMethods(BrokerService, {
    listBrokers: (request, call) => listBrokers(context, request, call),
    getBroker: (request, call) => getBroker(context, request, call),
    listReplicaLogs: (request, call) => listReplicaLogs(context, request, call),
    unregisterBroker: (request, call) => unregisterBroker(context, request, call),
  });
}

async function listBrokers(
  context: GatewayContext,
  request: PageFields & ReadFields,
  call: AdminCall,
): Promise<Result<{ brokers: BrokerMessage[]; nextPageToken: string }>> {
  const page = requestedPage(request, 'brokers', isNumberKey);
  if (!page.ok) return page;
  const metadata = await context.read(request, call);
  if (!metadata.ok) return metadata;
  const { image } = metadata.value;
  const after = Number(page.value.after ?? -1);
  const brokers = image.brokers().filter(({ id }) => id > after);
  const { items, nextPageToken } = pageOf(brokers, page.value, ({ id }) => String(id));
  return success({ brokers: items.map((broker) => brokerMessage(image, broker)), nextPageToken });
}

async function getBroker(
  context: GatewayContext,
  { name, ...fields }: ReadFields & { readonly name: string },
  call: AdminCall,
): Promise<Result<{ broker: BrokerMessage }>> {
  const id = parseBrokerName(name, 'name');
  if (!id.ok) return id;
  const metadata = await context.read(fields, call);
  if (!metadata.ok) return metadata;
  const { image } = metadata.value;
  const broker = image.broker(id.value);
  if (broker === undefined) return unknownBroker(id.value);
  return success({ broker: brokerMessage(image, broker) });
}

function unknownBroker(id: number) {
  return failure('BROKER_ID_NOT_REGISTERED', `no broker ${id} is registered`, { about: { broker: brokerName(id) } });
}

async function unregisterBroker(
  context: GatewayContext,
  { name, validateOnly }: { readonly name: string; readonly validateOnly: boolean },
  call: AdminCall,
): AdminAnswer<typeof BrokerService, 'unregisterBroker'> {
  const id = parseBrokerName(name, 'name');
  if (!id.ok) return id;
  const found = await getBroker(context, { name, readConsistency: ReadConsistency.LINEARIZABLE }, call);
  if (!found.ok) return found;
  if (validateOnly) return success({});
  const answer = await context.change(unregisterBrokerRpc, { brokerId: id.value }, call);
  const outcome = answer.ok ? answer.value.result : answer;
  if (!outcome.ok) return { ok: false, error: { ...outcome.error, about: { broker: name } } };
  return success(answer.ok ? { metadataOffset: BigInt(answer.value.metadataOffset) } : {});
}

async function listReplicaLogs(
  context: GatewayContext,
  { parent, ...fields }: PageFields & { readonly parent: string },
  call: AdminCall,
) {
  const id = parseBrokerName(parent, 'parent');
  if (!id.ok) return id;
  const page = requestedPage(fields, `${brokerName(id.value)}/logs`, isPartitionKey);
  if (!page.ok) return page;
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  if (metadata.value.image.broker(id.value) === undefined) return unknownBroker(id.value);
  const after = page.value.after === undefined ? {} : { after: parsePartitionKey(page.value.after) };
  const answer = await context.askBroker(id.value, listReplicaLogsRpc, { ...after, limit: page.value.size + 1 }, call);
  if (!answer.ok) return answer;
  const { items, nextPageToken } = pageOf(answer.value.logs, page.value, ({ topicPartition }) =>
    partitionKey(topicPartition),
  );
  const replicaLogs = items.map(({ topicPartition, isLeader, ...log }) => ({
    ...topicPartition,
    logStartOffset: BigInt(log.logStartOffset),
    logEndOffset: BigInt(log.logEndOffset),
    highWatermark: BigInt(log.highWatermark),
    sizeBytes: BigInt(log.sizeInBytes),
    isLeader,
  }));
  return success({ replicaLogs, nextPageToken });
}

function brokerMessage(image: MetadataImage, broker: BrokerRegistration): BrokerMessage {
  const { id, epoch, incarnationId, rack = '', listeners, features } = broker;
  return {
    name: brokerName(id),
    brokerId: id,
    state: stateOf(broker),
    brokerEpoch: BigInt(epoch),
    incarnationId,
    rack,
    listeners: listeners.map(({ name, host, port, securityProtocol }) => ({
      name,
      host,
      port,
      securityProtocol: AdminSecurityProtocol[securityProtocol],
    })),
    replicaCount: image.hostedPartitionCount(id),
    leaderCount: leaderCount(image, id),
    supportedFeatures: Object.fromEntries(
      features.map(({ name, minLevel, maxLevel }) => [name, { minLevel, maxLevel }]),
    ),
  };
}

function stateOf({ fenced, inControlledShutdown }: BrokerRegistration): AdminBrokerState {
  if (fenced) return AdminBrokerState.FENCED;
  return inControlledShutdown ? AdminBrokerState.CONTROLLED_SHUTDOWN : AdminBrokerState.ACTIVE;
}

function leaderCount(image: MetadataImage, id: number): number {
  let count = 0;
  for (const { state } of image.hostedPartitions(id)) if (state.leader === id) count += 1;
  return count;
}
