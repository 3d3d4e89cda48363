import { leaveGroup } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';

/** First version in which several members may leave, each with its own outcome (KIP-345). */
const BATCHES_SINCE = 3;

/** LeaveGroup: members go at once instead of when their session ends. */
export const leaveGroupApi: ApiHandler<typeof leaveGroup> = {
  api: leaveGroup,
  async handle({ groupId, memberId, members }, { broker, apiVersion }) {
    if (apiVersion < BATCHES_SINCE) {
      const left = await broker.groups.leaveGroup({ groupId, members: [{ memberId }] });
      return { errorCode: errorCode(left.error === 'NONE' ? (left.members[0]?.error ?? 'NONE') : left.error) };
    }
    const left = await broker.groups.leaveGroup({
      groupId,
      members: members.map((member) => ({
        memberId: member.memberId,
        ...(member.groupInstanceId === null ? {} : { groupInstanceId: member.groupInstanceId }),
        ...(member.reason === null ? {} : { reason: member.reason }),
      })),
    });
    return {
      errorCode: errorCode(left.error),
      members: left.members.map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId ?? null,
        errorCode: errorCode(member.error),
      })),
    };
  },
};
