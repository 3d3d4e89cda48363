import { MalformedInput } from '@milena/bytes';
import { consumerSubscription } from '@milena/kafka-protocol';
import type { ClassicGroup } from './classic-group';

/** Protocol type of consumers: only their metadata can be read here. */
export const CONSUMER_PROTOCOL_TYPE = 'consumer';

/** Topics that the members of a group read; undefined when its metadata is not that of consumers. None without members. */
export function subscribedTopics(
  group: Pick<ClassicGroup, 'protocolType' | 'protocolName' | 'members'>,
): ReadonlySet<string> | undefined {
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) return undefined;
  const topics = new Set<string>();
  try {
    for (const member of group.members.values()) {
      const subscription = consumerSubscription.decode(member.metadataFor(group.protocolName));
      for (const topic of subscription.topics) topics.add(topic);
    }
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
  return topics;
}
