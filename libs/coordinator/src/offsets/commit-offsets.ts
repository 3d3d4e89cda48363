import type { ErrorName } from '@milena/model';
import type { ClassicGroup } from '../classic/classic-group';
import { memberError } from '../classic/member-checks';
import { keepAlive } from '../classic/membership';
import type { GroupContext } from '../group-context';
import type { CommitOffsetsRequest, CommitOffsetsResponse, OffsetToCommit } from '../offset-requests';
import type { Respond } from '../outbox';
import type { CommittedOffset, CoordinatorRecord } from '../records/coordinator-record';
import { offsetWriteError } from '../write-errors';

/** The same outcome for all partitions of a commit. */
export function committed(request: CommitOffsetsRequest, error: ErrorName): CommitOffsetsResponse {
  return {
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, error })),
    })),
  };
}

/** Keeps how far a group has read; answers once that is committed. */
export function commitOffsets(
  context: GroupContext,
  group: ClassicGroup,
  request: CommitOffsetsRequest,
  respond: Respond<CommitOffsetsResponse>,
): void {
  const error = commitError(group, request);
  if (error !== undefined) return context.outbox.answer(respond, committed(request, error));
  const member = group.members.get(request.memberId);
  if (member !== undefined) keepAlive(context, member);
  const { offsetMetadataMax } = context.settings;
  const isTooLarge = ({ metadata }: OffsetToCommit): boolean => metadata.length > offsetMetadataMax;
  const records = request.topics.flatMap(({ topic, partitions }) =>
    partitions
      .filter((wanted) => !isTooLarge(wanted))
      .map((wanted): CoordinatorRecord => ({
        type: 'OffsetCommit',
        groupId: group.groupId,
        topic,
        partition: wanted.partition,
        value: committedOffset(wanted, context.now().wallMs, request.retentionTimeMs),
      })),
  );
  const answer = (outcome: ErrorName): CommitOffsetsResponse => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((wanted) => ({
        partition: wanted.partition,
        error: isTooLarge(wanted) ? 'OFFSET_METADATA_TOO_LARGE' : outcome,
      })),
    })),
  });
  if (records.length === 0) return context.outbox.answer(respond, answer('NONE'));
  return context.outbox.write({
    operation: 'offset commit',
    records,
    settled: (failed) => {
      if (failed === undefined) context.outbox.count('offset commit', records.length);
      context.outbox.answer(respond, answer(failed === undefined ? 'NONE' : offsetWriteError(failed)));
    },
  });
}

function committedOffset(
  { offset, leaderEpoch, metadata }: OffsetToCommit,
  commitTimestamp: number,
  retentionTimeMs: number | undefined,
): CommittedOffset {
  const value = { offset, leaderEpoch, metadata, commitTimestamp };
  if (retentionTimeMs === undefined) return value;
  const expireTimestamp = Math.min(Number.MAX_SAFE_INTEGER, commitTimestamp + retentionTimeMs);
  return { ...value, expireTimestamp };
}

function commitError(group: ClassicGroup, request: CommitOffsetsRequest): ErrorName | undefined {
  const { generationId, memberId, groupInstanceId } = request;
  if (group.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE';
  if (generationId < 0 && group.state === 'Empty') return undefined;
  // With members there is somebody who owns the partitions: nobody else may say how far they are read.
  if (generationId < 0 && memberId === '' && groupInstanceId === undefined) return 'UNKNOWN_MEMBER_ID';
  const error = memberError(group, request);
  if (error !== undefined) return error;
  if (generationId !== group.generationId) return 'ILLEGAL_GENERATION';
  return group.state === 'CompletingRebalance' ? 'REBALANCE_IN_PROGRESS' : undefined;
}
