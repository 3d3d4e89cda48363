import { joinGroup, type RequestOf } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';

/** First version whose members are handed out an id before they join (KIP-394). */
const KNOWN_MEMBER_ID_SINCE = 4;
/** First version in which a missing protocol name is null. */
const NULL_PROTOCOL_SINCE = 7;
/** First version whose leaders can be told to assign nothing (KIP-814). */
const SKIPS_ASSIGNMENT_SINCE = 9;

/** JoinGroup: answered when the next generation of the group has formed. */
export const joinGroupApi: ApiHandler<typeof joinGroup> = {
  api: joinGroup,
  async handle(request, { broker, apiVersion, clientId, connection }) {
    const { groupInstanceId, reason } = request;
    const joined = await broker.groups.joinGroup({
      groupId: request.groupId,
      memberId: request.memberId,
      ...(groupInstanceId === null ? {} : { groupInstanceId }),
      clientId: clientId ?? '',
      clientHost: clientHost(connection.remoteAddress),
      protocolType: request.protocolType,
      // Copies: members are kept, the request's bytes are not.
      protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: rebalanceTimeoutMs(request, apiVersion),
      requiresKnownMemberId: apiVersion >= KNOWN_MEMBER_ID_SINCE,
      supportsSkippingAssignment: apiVersion >= SKIPS_ASSIGNMENT_SINCE,
      ...(reason === null ? {} : { reason }),
    });
    return {
      errorCode: errorCode(joined.error),
      generationId: joined.generationId,
      protocolType: joined.protocolType ?? null,
      protocolName: joined.protocolName ?? (apiVersion >= NULL_PROTOCOL_SINCE ? null : ''),
      leader: joined.leader,
      skipAssignment: joined.skipAssignment,
      memberId: joined.memberId,
      members: joined.members.map((member) => ({ ...member, groupInstanceId: member.groupInstanceId ?? null })),
    };
  },
};

/** Version 0 has no rebalance timeout; the session timeout stood for both. */
function rebalanceTimeoutMs(request: RequestOf<typeof joinGroup>, version: number): number {
  return version === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs;
}

/** The address of a client in the form Kafka's tools show: after a slash, without the port. */
function clientHost(remoteAddress: string): string {
  return `/${remoteAddress.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')}`;
}
