import { Deadline } from '../deadlines';
import type { GroupContext } from '../group-context';
import type { PersistedGroup } from '../records/coordinator-record';
import { ClassicGroup } from './classic-group';
import { keepAlive } from './membership';
import { newMember } from './new-member';
import { joinTimeIsOver, prepareRebalance, syncTimeIsOver } from './rebalance';

/** An empty group. */
export function newGroup(context: GroupContext, groupId: string): ClassicGroup {
  const group: ClassicGroup = new ClassicGroup(groupId, {
    join: new Deadline(() => joinTimeIsOver(context, group)),
    sync: new Deadline(() => syncTimeIsOver(context, group)),
  });
  return group;
}

/**
 * A group as its former coordinator kept it. Its members go on as if nothing had happened, with a whole session timeout to
 * find their new coordinator; only a group that is larger than allowed now has to rebalance.
 */
export function loadedGroup(context: GroupContext, groupId: string, persisted: PersistedGroup): ClassicGroup {
  const group = newGroup(context, groupId);
  const { protocolType, generation, protocol, leader, stateTimestamp, members } = persisted;
  for (const kept of members) {
    const { clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, subscription, assignment } = kept;
    const protocols = [{ name: protocol ?? '', metadata: subscription }];
    const traits = { clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols };
    const member = newMember(context, group, kept, traits);
    member.assignment = assignment;
    group.add(member, protocolType);
    keepAlive(context, member);
  }
  group.state = members.length === 0 ? 'Empty' : 'Stable';
  group.previousState = group.state;
  group.stateTimestamp = stateTimestamp;
  group.generationId = generation;
  group.protocolType = protocolType === '' ? undefined : protocolType;
  group.protocolName = protocol;
  group.leaderId = leader;
  group.noteSubscriptions();
  if (group.members.size > context.settings.membersMax) {
    prepareRebalance(context, group, 'the group is larger than group.max.size');
  }
  return group;
}
