import type { ClassicGroup } from '../classic/classic-group';
import type { Groups } from '../classic/groups';
import type { GroupContext } from '../group-context';
import type { GroupImage } from '../image/groups-image';
import type { CommittedOffset, CoordinatorRecord } from '../records/coordinator-record';
import { deleteGroup } from './delete-group';
import { offsetTombstone } from './delete-offsets';
import { isOffsetExpired } from './offset-expiry';

/** Records one pass may write, so that requests get their turn; the rest is done by the next pass. */
const PASS_RECORDS_MAX = 5_000;
const BATCH_RECORDS_MAX = 1_000;

/** Forgets offsets whose retention is over, and groups without members of which nothing is left. True when more remains. */
export function expireOffsets(context: GroupContext, groups: Groups): boolean {
  const { wallMs } = context.now();
  const retention = { wallMs, retentionMs: context.settings.offsetsRetentionMs };
  let budget = PASS_RECORDS_MAX;
  for (const [groupId, kept] of context.image().entries()) {
    if (budget <= 0) return true;
    const group = groups.find(groupId);
    if (group === undefined || group.state === 'Dead') continue;
    const { expired, remaining } = sort(groupId, kept, (topic, committed) =>
      isOffsetExpired(group, { topic, committed }, retention),
    );
    budget -= expired.length;
    const isOver = remaining === 0 && group.state === 'Empty' && group.pendingMembers.size === 0;
    if (isOver) {
      budget -= 1;
      forgetGroup(context, groups, group);
    } else {
      writeTombstones(context, 'offset expiration', expired);
    }
    if (expired.length > 0) context.outbox.count('offset expiration', expired.length);
    groups.releaseIfVacant(group);
  }
  return false;
}

/** Forgets what was committed for topics that are gone. True when more remains. */
export function forgetTopics(context: GroupContext, topics: ReadonlySet<string>): boolean {
  let budget = PASS_RECORDS_MAX;
  for (const [groupId, kept] of context.image().entries()) {
    if (budget <= 0) return true;
    const { expired } = sort(groupId, kept, (topic) => topics.has(topic));
    budget -= expired.length;
    writeTombstones(context, 'offsets of deleted topics', expired);
    if (expired.length > 0) context.outbox.count('offset deletion', expired.length);
  }
  return false;
}

function sort(
  groupId: string,
  { offsets }: GroupImage,
  isGone: (topic: string, committed: CommittedOffset) => boolean,
): { readonly expired: readonly CoordinatorRecord[]; readonly remaining: number } {
  const expired: CoordinatorRecord[] = [];
  let remaining = 0;
  for (const [topic, partitions] of offsets) {
    for (const [partition, committed] of partitions) {
      if (isGone(topic, committed)) expired.push(offsetTombstone(groupId, topic, partition));
      else remaining += 1;
    }
  }
  return { expired, remaining };
}

function forgetGroup(context: GroupContext, groups: Groups, group: ClassicGroup): void {
  const { groupId } = group;
  deleteGroup(context, group, (error) => {
    if (error === 'NONE') groups.drop(group);
    else context.logger.warn('expired group was not deleted', { groupId, error });
  });
}

function writeTombstones(context: GroupContext, operation: string, records: readonly CoordinatorRecord[]): void {
  const settled = (error: string | undefined): void => {
    if (error !== undefined) context.logger.warn('offsets were not forgotten', { operation, error });
  };
  for (let from = 0; from < records.length; from += BATCH_RECORDS_MAX) {
    context.outbox.write({ operation, records: records.slice(from, from + BATCH_RECORDS_MAX), settled });
  }
}
