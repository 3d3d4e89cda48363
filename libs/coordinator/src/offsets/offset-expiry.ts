import type { ClassicGroup } from '../classic/classic-group';
import { CONSUMER_PROTOCOL_TYPE } from '../classic/subscribed-topics';
import type { CommittedOffset } from '../records/coordinator-record';

/**
 * Whether a committed offset may be forgotten (KIP-186, KIP-211): a group without members keeps its offsets for the
 * retention time after it became empty, or after a later commit; a stable group keeps those of topics its members read,
 * however old; a group of offsets only keeps each one for the retention time after its commit. While a group rebalances
 * nothing expires.
 */
export function isOffsetExpired(
  group: ClassicGroup,
  { topic, committed }: { readonly topic: string; readonly committed: CommittedOffset },
  { wallMs, retentionMs }: { readonly wallMs: number; readonly retentionMs: number },
): boolean {
  const since = expiryBegins(group, topic, committed);
  if (since === undefined) return false;
  if (committed.expireTimestamp !== undefined) return wallMs >= committed.expireTimestamp;
  return wallMs - since >= retentionMs;
}

function expiryBegins(group: ClassicGroup, topic: string, { commitTimestamp }: CommittedOffset): number | undefined {
  if (group.protocolType === undefined) return commitTimestamp;
  if (group.state === 'Empty') return Math.max(group.stateTimestamp, commitTimestamp);
  const topics = group.protocolType === CONSUMER_PROTOCOL_TYPE ? group.subscribedTopics : undefined;
  if (group.state !== 'Stable' || topics === undefined || topics.has(topic)) return undefined;
  return commitTimestamp;
}
