import type { GroupContext } from '../group-context';
import type { JoinGroupResponse } from '../membership-requests';
import { withholdAssignments } from './assignment';
import type { ClassicGroup } from './classic-group';
import type { GroupMember } from './group-member';
import { answerJoin, keepAlive, removeMember } from './membership';
import { persistGroup } from './persist-group';

/** The membership changed: begins a rebalance, or ends the one under way when nobody is missing any more. */
export function rebalance(context: GroupContext, group: ClassicGroup, reason: string): void {
  if (group.state === 'PreparingRebalance') completeJoinIfAllJoined(context, group);
  else prepareRebalance(context, group, reason);
}

/** Has all members join again. An empty group gives the first ones some time to become more. */
export function prepareRebalance(context: GroupContext, group: ClassicGroup, reason: string): void {
  const { deadlines, settings, logger } = context;
  const { monotonicMs, wallMs } = context.now();
  const { groupId, generationId, members } = group;
  logger.info('group rebalances', { groupId, generationId, members: members.size, reason });
  if (group.state === 'CompletingRebalance') withholdAssignments(context, group, 'REBALANCE_IN_PROGRESS');
  deadlines.clear(group.deadlines.sync);
  const isFirst = group.state === 'Empty';
  group.transitionTo('PreparingRebalance', wallMs);
  if (isFirst) {
    const delayMs = settings.initialRebalanceDelayMs;
    const remainingMs = Math.max(group.rebalanceTimeoutMs - delayMs, 0);
    group.gathering = { delayMs, remainingMs, hasGrown: false };
    deadlines.set(group.deadlines.join, monotonicMs + delayMs);
  } else if (group.hasAllMembersJoined) {
    completeJoin(context, group);
  } else {
    deadlines.set(group.deadlines.join, monotonicMs + group.rebalanceTimeoutMs);
  }
}

/** Forms the next generation if everybody has joined. The first members of a group wait for their time to be over. */
export function completeJoinIfAllJoined(context: GroupContext, group: ClassicGroup): void {
  if (group.state !== 'PreparingRebalance' || group.gathering !== undefined || !group.hasAllMembersJoined) return;
  completeJoin(context, group);
}

/** The time to join is over: for a group that still grows there is more, otherwise the generation is formed. */
export function joinTimeIsOver(context: GroupContext, group: ClassicGroup): void {
  const { gathering } = group;
  if (gathering === undefined || !gathering.hasGrown || gathering.remainingMs === 0) {
    completeJoin(context, group);
    return;
  }
  const delayMs = Math.min(context.settings.initialRebalanceDelayMs, gathering.remainingMs);
  const remainingMs = Math.max(gathering.remainingMs - gathering.delayMs, 0);
  group.gathering = { delayMs, remainingMs, hasGrown: false };
  context.deadlines.set(group.deadlines.join, context.now().monotonicMs + delayMs);
}

/** Forms the next generation of those who have joined, and of static members, who may be away as long as their session lasts. */
function completeJoin(context: GroupContext, group: ClassicGroup): void {
  for (const member of [...group.members.values()]) {
    const hasStayedAway = member.awaitingJoin === undefined && member.groupInstanceId === undefined;
    if (hasStayedAway) removeMember(context, group, member);
  }
  if (group.members.size > 0 && !hasLeaderJoined(group)) {
    // Only static members are left and none has joined: their sessions decide when the group may go on.
    context.deadlines.set(group.deadlines.join, context.now().monotonicMs + group.rebalanceTimeoutMs);
    return;
  }
  context.deadlines.clear(group.deadlines.join);
  group.gathering = undefined;
  group.assigningGeneration = undefined;
  group.generationId += 1;
  group.pendingSync.clear();
  if (group.members.size === 0) becomeEmpty(context, group);
  else beginGeneration(context, group);
}

/** Whether the leader has joined; somebody else who has takes its place otherwise. */
function hasLeaderJoined(group: ClassicGroup): boolean {
  const leader = group.leaderId === undefined ? undefined : group.members.get(group.leaderId);
  if (leader?.awaitingJoin !== undefined) return true;
  for (const member of group.members.values()) {
    if (member.awaitingJoin === undefined) continue;
    group.leaderId = member.memberId;
    return true;
  }
  return false;
}

function becomeEmpty(context: GroupContext, group: ClassicGroup): void {
  const { groupId, generationId } = group;
  group.protocolName = undefined;
  group.leaderId = undefined;
  group.transitionTo('Empty', context.now().wallMs);
  group.noteSubscriptions();
  context.logger.info('group is empty', { groupId, generationId });
  persistGroup(context, group, {
    operation: 'empty group',
    settled: (error) => {
      if (error !== undefined) context.logger.warn('group is empty, which was not kept', { groupId, error });
    },
  });
}

function beginGeneration(context: GroupContext, group: ClassicGroup): void {
  const { monotonicMs, wallMs } = context.now();
  group.protocolName = group.selectProtocol();
  group.transitionTo('CompletingRebalance', wallMs);
  group.noteSubscriptions();
  const { groupId, generationId, protocolName, leaderId, members } = group;
  context.logger.info('group formed', { groupId, generationId, protocolName, leaderId, members: members.size });
  for (const member of members.values()) {
    answerJoin(context, member, joinedResponse(group, member));
    keepAlive(context, member);
    member.isNew = false;
    group.pendingSync.add(member.memberId);
  }
  context.deadlines.set(group.deadlines.sync, monotonicMs + group.rebalanceTimeoutMs);
}

/** The time to ask for assignments is over: who has not asked is given up. */
export function syncTimeIsOver(context: GroupContext, group: ClassicGroup): void {
  if (group.pendingSync.size === 0) return;
  for (const memberId of [...group.pendingSync]) {
    const member = group.members.get(memberId);
    if (member !== undefined) removeMember(context, group, member);
  }
  group.pendingSync.clear();
  prepareRebalance(context, group, 'members did not ask for their assignment');
}

/** The answer to a member of the present generation. Its leader learns who the others are. */
export function joinedResponse(group: ClassicGroup, member: GroupMember): JoinGroupResponse {
  const { generationId, protocolType, protocolName, leaderId = '' } = group;
  const isLeader = member.memberId === leaderId;
  return {
    error: 'NONE',
    generationId,
    ...(protocolType === undefined ? {} : { protocolType }),
    ...(protocolName === undefined ? {} : { protocolName }),
    leader: leaderId,
    skipAssignment: false,
    memberId: member.memberId,
    members: isLeader ? [...group.members.values()].map((each) => joinedMember(each, protocolName)) : [],
  };
}

function joinedMember(member: GroupMember, protocolName: string | undefined): JoinGroupResponse['members'][number] {
  const { memberId, groupInstanceId } = member;
  const metadata = member.metadataFor(protocolName);
  return { memberId, ...(groupInstanceId === undefined ? {} : { groupInstanceId }), metadata };
}
