import {
  deleteGroupRpc,
  describeGroupRpc,
  describeReplicaLogsRpc,
  listGroupOffsetsRpc,
  listGroupsRpc,
  listReplicaLogsRpc,
  listTopicConfigsRpc,
  type Rpc,
} from '@milena/cluster-protocol';
import { failure, success, type Result } from '@milena/model';
import type { ServiceHost } from '@milena/platform';
import type { BrokerContext } from '../broker-context';
import { deleteGroup, describeGroup, listGroupOffsets, listGroups } from './admin-groups';
import type { ReplicaLogs } from './replica-logs';
import { topicConfigs } from './topic-configs';

/** Items of one answer, whatever was asked for. */
const LIMIT_MAX = 1_001;
/** Partitions that one request may name. */
const PARTITIONS_MAX = 10_000;

/** How long an answer may wait for the metadata that it is to be given from. */
const METADATA_TIMEOUT_MS = 2_000;

/** What the service answers from. */
export interface BrokerAdminOptions {
  readonly broker: Pick<BrokerContext, 'image' | 'config' | 'groups'>;
  readonly replicaLogs: ReplicaLogs;
  /** Resolves to whether the broker has applied everything before `end` of the metadata log within the time. */
  readonly waitForMetadataEnd: (end: number, timeoutMs: number) => Promise<boolean>;
}

/** Serves what only a broker knows: `BrokerAdminService` on the peer listener. Call before the host starts to listen. */
export function serveBrokerAdmin(
  host: ServiceHost,
  { broker, replicaLogs, waitForMetadataEnd }: BrokerAdminOptions,
): void {
  serve(host, listGroupsRpc, (request) => listGroups(broker.groups, bounded(request)));
  serve(host, describeGroupRpc, ({ groupId }) => describeGroup(broker.groups, groupId));
  serve(host, deleteGroupRpc, ({ groupId }) => deleteGroup(broker.groups, groupId));
  serve(host, listGroupOffsetsRpc, (request) => listGroupOffsets(broker.groups, bounded(request)));
  serve(host, listReplicaLogsRpc, (request) => {
    const { after, limit } = bounded(request);
    return success({ logs: replicaLogs.list(after, limit) });
  });
  serve(host, describeReplicaLogsRpc, ({ partitions }) => {
    const found = partitions.slice(0, PARTITIONS_MAX).map((topicPartition) => replicaLogs.find(topicPartition));
    return success({ logs: found.filter((log) => log !== undefined) });
  });
  serve(host, listTopicConfigsRpc, async ({ topic, metadataEnd }) => {
    if (await waitForMetadataEnd(metadataEnd, METADATA_TIMEOUT_MS)) return topicConfigs(broker, topic);
    return failure('BROKER_NOT_AVAILABLE', `this broker has not applied the metadata up to offset ${metadataEnd}`);
  });
}

function bounded<Request extends { readonly limit: number }>(request: Request): Request {
  return { ...request, limit: Math.min(request.limit, LIMIT_MAX) };
}

function serve<Request, Response>(
  host: ServiceHost,
  rpc: Rpc<Request, Response>,
  handle: (request: Request) => Result<Response> | Promise<Result<Response>>,
): void {
  host.unary(rpc.method, async (bytes) => {
    const answer = await handle(rpc.decodeRequest(bytes));
    return answer.ok ? success(rpc.encodeResponse(answer.value)) : answer;
  });
}
