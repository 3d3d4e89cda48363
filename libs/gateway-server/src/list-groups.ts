import type { MessageInitShape } from '@bufbuild/protobuf';
import { listGroupsRpc, type BrokerListedGroup } from '@milena/cluster-protocol';
import type { MetadataImage } from '@milena/metadata';
import { NO_NODE, success, type Result } from '@milena/model';
import type { GroupSchema, GroupState } from '@milena/proto';
import type { AdminCall } from './admin-method';
import { OFFSETS_TOPIC } from './ask-coordinator';
import type { GatewayContext } from './gateway-context';
import { groupStateMessage, groupStateName } from './group-state';
import { invalidField } from './invalid-field';
import { pageOf, requestedPage, type PageFields } from './paging';
import { brokerName, groupName, partitionName } from './resource-name';

type GroupMessage = MessageInitShape<typeof GroupSchema>;

/** One page of groups and what could not be asked. */
export interface ListedGroups {
  readonly groups: GroupMessage[];
  readonly nextPageToken: string;
  readonly unreachable: string[];
}

/** Lists groups by id: every coordinator is asked at the same time for its first ones behind the page before. */
export async function listGroups(
  context: GatewayContext,
  { states, ...fields }: PageFields & { readonly states: readonly GroupState[] },
  call: AdminCall,
): Promise<Result<ListedGroups>> {
  const names = states.map(groupStateName);
  const unknown = names.indexOf(undefined);
  if (unknown >= 0) return invalidField(`states[${unknown}]`, 'must be a state');
  const wanted = names.filter((name) => name !== undefined).sort();
  const page = requestedPage(fields, `groups?states=${wanted.join(',')}`);
  if (!page.ok) return page;
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  const { coordinators, leaderless } = coordinatorsOf(metadata.value.image);
  const request = { after: page.value.after ?? '', limit: page.value.size + 1, states: wanted };
  const answers = await Promise.all(
    coordinators.map(async (id) => ({ id, answer: await context.askBroker(id, listGroupsRpc, request, call) })),
  );
  const incomplete = answers.filter(({ answer }) => !answer.ok || answer.value.error !== 'NONE');
  const found = answers.flatMap(({ id, answer }) =>
    answer.ok ? answer.value.groups.map((group) => ({ ...group, coordinatorId: id })) : [],
  );
  found.sort((left, right) => Buffer.compare(Buffer.from(left.groupId), Buffer.from(right.groupId)));
  const { items, nextPageToken } = pageOf(found, page.value, ({ groupId }) => groupId);
  const unreachable = [...incomplete.map(({ id }) => brokerName(id)), ...leaderless];
  return success({ groups: items.map(groupMessage), nextPageToken, unreachable });
}

/** Who leads a partition of `__consumer_offsets`, and which of them nobody leads. */
function coordinatorsOf(image: MetadataImage): { coordinators: readonly number[]; leaderless: readonly string[] } {
  const leaders = new Set<number>();
  const leaderless: string[] = [];
  let partition = 0;
  for (const { leader } of image.topicByName(OFFSETS_TOPIC)?.partitions() ?? []) {
    if (leader === NO_NODE) leaderless.push(partitionName({ topic: OFFSETS_TOPIC, partition }));
    else leaders.add(leader);
    partition += 1;
  }
  return { coordinators: [...leaders].sort((left, right) => left - right), leaderless };
}

function groupMessage({
  groupId,
  protocolType,
  state,
  coordinatorId,
}: BrokerListedGroup & { readonly coordinatorId: number }): GroupMessage {
  return {
    name: groupName(groupId),
    groupId,
    state: groupStateMessage(state),
    protocolType,
    coordinator: brokerName(coordinatorId),
  };
}
