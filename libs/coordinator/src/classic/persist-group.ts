import type { ErrorName } from '@milena/model';
import type { GroupContext } from '../group-context';
import type { PersistedGroup } from '../records/coordinator-record';
import type { ClassicGroup } from './classic-group';
import type { GroupMember } from './group-member';

/** What to write, and whom to tell. */
export interface GroupPersistence {
  readonly operation: string;
  /** Assignments that are not the members' own yet. */
  assignmentOf?(member: GroupMember): Buffer;
  settled(error: ErrorName | undefined): void;
}

/** Writes the group as it is. */
export function persistGroup(context: GroupContext, group: ClassicGroup, persistence: GroupPersistence): void {
  const { operation, assignmentOf = ({ assignment }) => assignment } = persistence;
  const record = { type: 'GroupMetadata', groupId: group.groupId, value: persisted(group, assignmentOf) } as const;
  context.outbox.write({ operation, records: [record], settled: (error) => persistence.settled(error) });
}

function persisted(group: ClassicGroup, assignmentOf: (member: GroupMember) => Buffer): PersistedGroup {
  const { protocolType = '', generationId, protocolName, leaderId, stateTimestamp } = group;
  return {
    protocolType,
    generation: generationId,
    ...(protocolName === undefined ? {} : { protocol: protocolName }),
    ...(leaderId === undefined ? {} : { leader: leaderId }),
    stateTimestamp,
    members: [...group.members.values()].map((member) => {
      const { memberId, groupInstanceId, traits } = member;
      const { clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs } = traits;
      return {
        memberId,
        ...(groupInstanceId === undefined ? {} : { groupInstanceId }),
        clientId,
        clientHost,
        rebalanceTimeoutMs,
        sessionTimeoutMs,
        subscription: member.metadataFor(protocolName),
        assignment: assignmentOf(member),
      };
    }),
  };
}
