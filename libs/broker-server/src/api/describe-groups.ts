import type { GroupDescription } from '@milena/coordinator';
import { describeGroups, NO_AUTHORIZED_OPERATIONS, type ResponseInputOf } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { GROUP_OPERATION_BITS } from './authorized-operations';

type GroupResponse = ResponseInputOf<typeof describeGroups>['groups'][number];

/** First version that says of a group that it does not exist (KIP-1043). */
const MISSING_GROUPS_SINCE = 6;

/** DescribeGroups: state and members of the groups this broker coordinates. A group is described once, however often named. */
export const describeGroupsApi: ApiHandler<typeof describeGroups> = {
  api: describeGroups,
  async handle({ groups, includeAuthorizedOperations }, { broker, apiVersion }) {
    const described = await Promise.all([...new Set(groups)].map((groupId) => broker.groups.describeGroup(groupId)));
    const authorizedOperations = includeAuthorizedOperations ? GROUP_OPERATION_BITS : NO_AUTHORIZED_OPERATIONS;
    return { groups: described.map((group) => ({ ...groupResponse(group, apiVersion), authorizedOperations })) };
  },
};

function groupResponse(group: GroupDescription, version: number): GroupResponse {
  const { error, groupId, state, protocolType, protocol, members } = group;
  const isMissing = error === 'NONE' && state === 'Dead' && version >= MISSING_GROUPS_SINCE;
  return {
    errorCode: errorCode(isMissing ? 'GROUP_ID_NOT_FOUND' : error),
    errorMessage: isMissing ? `group ${groupId} not found` : null,
    groupId,
    groupState: error === 'NONE' ? state : '',
    protocolType,
    protocolData: protocol,
    members: members.map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId ?? null,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: member.metadata,
      memberAssignment: member.assignment,
    })),
  };
}
