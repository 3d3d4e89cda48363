import type { MessageInitShape } from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';
import type { BrokerGroupMember } from '@milena/cluster-protocol';
import { consumerAssignment, consumerSubscription } from '@milena/kafka-protocol';
import type { GroupMemberSchema } from '@milena/proto';

/** Protocol type of groups whose members are consumers: only their bytes can be read. */
const CONSUMER = 'consumer';

/** A member as the API shows it. What is not a consumer's, or cannot be read, is left out. */
export function groupMemberMessage(
  member: BrokerGroupMember,
  protocolType: string,
): MessageInitShape<typeof GroupMemberSchema> {
  const { memberId, groupInstanceId, clientId, clientHost, metadata, assignment } = member;
  const isConsumer = protocolType === CONSUMER;
  const subscription = isConsumer ? decodedOrUndefined(consumerSubscription, metadata) : undefined;
  const assigned = isConsumer ? decodedOrUndefined(consumerAssignment, assignment) : undefined;
  return {
    memberId,
    ...(groupInstanceId === undefined ? {} : { groupInstanceId }),
    clientId,
    clientHost,
    subscribedTopics: [...(subscription?.topics ?? [])].sort(),
    assignments: (assigned?.assignedPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitions: [...partitions].sort((left, right) => left - right),
    })),
  };
}

/** Clients make these bytes among themselves, so they may be anything. */
function decodedOrUndefined<Decoded>(
  codec: { decode(bytes: Buffer): Decoded },
  bytes: Uint8Array,
): Decoded | undefined {
  if (bytes.length === 0) return undefined;
  try {
    return codec.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
}
