import type { GroupDescription } from '../group-views';
import type { ClassicGroup } from './classic-group';

const NOTHING = Buffer.alloc(0);

/** A group as administrators see it. What members tell and are given is known only while the group is stable. */
export function describeGroup(group: ClassicGroup): GroupDescription {
  const { groupId, state, protocolType = '', protocolName = '' } = group;
  const isStable = state === 'Stable';
  return {
    error: 'NONE',
    groupId,
    state,
    protocolType,
    protocol: isStable ? protocolName : '',
    members: [...group.members.values()].map((member) => {
      const { memberId, groupInstanceId, traits, assignment } = member;
      return {
        memberId,
        ...(groupInstanceId === undefined ? {} : { groupInstanceId }),
        clientId: traits.clientId,
        clientHost: traits.clientHost,
        metadata: isStable ? member.metadataFor(protocolName) : NOTHING,
        assignment: isStable ? assignment : NOTHING,
      };
    }),
  };
}

/** What is told of a group that nobody knows. */
export function unknownGroup(groupId: string): GroupDescription {
  return { error: 'NONE', groupId, state: 'Dead', protocolType: '', protocol: '', members: [] };
}
