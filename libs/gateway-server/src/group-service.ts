import { deleteGroupRpc, describeGroupRpc, type BrokerDescribeGroupResponse } from '@milena/cluster-protocol';
import { failure, success } from '@milena/model';
import { GroupService } from '@milena/proto';
import { adminMethods, type AdminCall, type AdminMethod } from './admin-method';
import { askCoordinator } from './ask-coordinator';
import type { GatewayContext } from './gateway-context';
import { groupMemberMessage } from './group-member-message';
import { listGroupOffsets } from './group-offsets';
import { groupStateMessage } from './group-state';
import { listGroups } from './list-groups';
import { brokerName, groupName, parseGroupName } from './resource-name';

/** GroupService: each group from the broker that coordinates it. */
export function groupService(context: GatewayContext): readonly AdminMethod[] {
  return adminMethods(GroupService, {
    listGroups: (request, call) => listGroups(context, request, call),
    getGroup: ({ name }, call) => getGroup(context, name, call),
    deleteGroup: (request, call) => deleteGroup(context, request, call),
    listGroupOffsets: (request, call) => listGroupOffsets(context, request, call),
  });
}

async function getGroup(context: GatewayContext, name: string, call: AdminCall) {
  const groupId = parseGroupName(name, 'name');
  if (!groupId.ok) return groupId;
  const answer = await askCoordinator(context, groupId.value, describeGroupRpc, { groupId: groupId.value }, call);
  if (!answer.ok) return answer;
  const { coordinatorId, response } = answer.value;
  const { state, protocolType, protocolName, members } = response;
  const group = {
    name: groupName(groupId.value),
    groupId: groupId.value,
    state: groupStateMessage(state),
    protocolType,
    protocolName,
    coordinator: brokerName(coordinatorId),
    members: sorted(members).map((member) => groupMemberMessage(member, protocolType)),
  };
  return success({ group });
}

function sorted(members: BrokerDescribeGroupResponse['members']): BrokerDescribeGroupResponse['members'] {
  return [...members].sort((left, right) => (left.memberId < right.memberId ? -1 : 1));
}

async function deleteGroup(
  context: GatewayContext,
  { name, validateOnly }: { readonly name: string; readonly validateOnly: boolean },
  call: AdminCall,
) {
  const parsed = parseGroupName(name, 'name');
  if (!parsed.ok) return parsed;
  const groupId = parsed.value;
  if (!validateOnly) {
    const deleted = await askCoordinator(context, groupId, deleteGroupRpc, { groupId }, call);
    return deleted.ok ? success({}) : deleted;
  }
  const answer = await askCoordinator(context, groupId, describeGroupRpc, { groupId }, call);
  if (!answer.ok) return answer;
  const { members } = answer.value.response;
  if (members.length === 0) return success({});
  const message = `group '${groupId}' has ${members.length} members`;
  return failure('NON_EMPTY_GROUP', message, { about: { group: groupName(groupId) } });
}
