import type { ErrorName } from '@milena/model';
import type { ClassicGroup } from '../classic/classic-group';
import { CONSUMER_PROTOCOL_TYPE } from '../classic/subscribed-topics';
import type { GroupContext } from '../group-context';
import type { DeleteOffsetsRequest, DeleteOffsetsResponse } from '../offset-requests';
import type { Respond } from '../outbox';
import type { CoordinatorRecord } from '../records/coordinator-record';
import { offsetWriteError } from '../write-errors';

/** The record that forgets an offset. */
export function offsetTombstone(groupId: string, topic: string, partition: number): CoordinatorRecord {
  return { type: 'OffsetCommit', groupId, topic, partition, value: undefined };
}

/** Forgets committed offsets of topics that no member reads (KIP-496); answers once that is committed. */
export function deleteOffsets(
  context: GroupContext,
  group: ClassicGroup,
  request: DeleteOffsetsRequest,
  respond: Respond<DeleteOffsetsResponse>,
): void {
  const { groupId, topics } = request;
  const error = deletionError(group);
  if (error !== undefined) return context.outbox.answer(respond, { error, topics: [] });
  const isRead = (topic: string): boolean => group.members.size > 0 && group.subscribedTopics?.has(topic) === true;
  const image = context.image();
  const records = topics
    .filter(({ topic }) => !isRead(topic))
    .flatMap(({ topic, partitions }) =>
      partitions
        .filter((partition) => image.offset(groupId, topic, partition) !== undefined)
        .map((partition) => offsetTombstone(groupId, topic, partition)),
    );
  const answer = (outcome: ErrorName): DeleteOffsetsResponse => ({
    error: 'NONE',
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((partition) => ({
        partition,
        error: isRead(topic) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : outcome,
      })),
    })),
  });
  if (records.length === 0) return context.outbox.answer(respond, answer('NONE'));
  const refused = answer('NONE');
  return context.outbox.write({
    operation: 'offset deletion',
    records,
    settled: (failed) => {
      if (failed === undefined) context.outbox.count('offset deletion', records.length);
      const failure = failed === undefined ? undefined : { error: offsetWriteError(failed), topics: [] };
      context.outbox.answer(respond, failure ?? refused);
    },
  });
}

function deletionError(group: ClassicGroup): ErrorName | undefined {
  if (group.state === 'Dead') return 'GROUP_ID_NOT_FOUND';
  // Only the metadata of consumers tells which topics the members read.
  const isUnreadable = group.members.size > 0 && group.protocolType !== CONSUMER_PROTOCOL_TYPE;
  return isUnreadable ? 'NON_EMPTY_GROUP' : undefined;
}
