import type { CoordinatorRecord, JoinGroupResponse, SyncGroupResponse } from '../index';

/** A line about an answer to JoinGroup. */
export function shownJoin(response: JoinGroupResponse): string {
  const { error, generationId, protocolName = '', leader, skipAssignment, memberId, members } = response;
  if (error !== 'NONE') return memberId === '' ? error : `${error} ${memberId}`;
  const others = members.map((member) => [member.memberId, member.groupInstanceId].filter(Boolean).join('/'));
  return [
    `joined as ${memberId}, generation ${generationId}, ${protocolName}, leader ${leader}`,
    ...(skipAssignment ? ['skips the assignment'] : []),
    ...(others.length === 0 ? [] : [`members ${others.join(' ')}`]),
  ].join(', ');
}

/** A line about an answer to SyncGroup. */
export function shownSync({ error, protocolName = '', assignment }: SyncGroupResponse): string {
  return error === 'NONE' ? `assigned '${assignment.toString()}' by ${protocolName}` : error;
}

/** A line about a record that is written. */
export function shownRecord(record: CoordinatorRecord): string {
  switch (record.type) {
    case 'OffsetCommit': {
      const { groupId, topic, partition, value } = record;
      const key = `${groupId}: ${topic}-${partition}`;
      if (value === undefined) return `- ${key}`;
      const { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp } = value;
      const expiry = expireTimestamp === undefined ? '' : ` until ${expireTimestamp}`;
      return `+ ${key} = ${offset} epoch ${leaderEpoch} '${metadata}' at ${commitTimestamp}${expiry}`;
    }
    case 'GroupMetadata': {
      const { groupId, value } = record;
      if (value === undefined) return `- ${groupId}`;
      const { generation, protocol = 'no protocol', leader = 'no leader', members, stateTimestamp } = value;
      const shown = members.map(({ memberId, groupInstanceId, assignment }) =>
        [memberId, groupInstanceId, `'${assignment.toString()}'`].filter((part) => part !== undefined).join(' '),
      );
      return `+ ${groupId}: generation ${generation}, ${protocol}, ${leader}, at ${stateTimestamp} [${shown.join(', ')}]`;
    }
    case 'Unknown':
      return `? ${record.keyVersion}`;
  }
}
