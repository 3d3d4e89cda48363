import type { ErrorName } from '@milena/model';
import type { ClassicGroup } from '../classic/classic-group';
import type { GroupContext } from '../group-context';
import type { CoordinatorRecord } from '../records/coordinator-record';
import type { GroupImage } from '../image/groups-image';
import { groupWriteError } from '../write-errors';
import { offsetTombstone } from './delete-offsets';

/** Records of one batch, so that none grows beyond what a broker takes. */
const BATCH_RECORDS_MAX = 1_000;

/** Forgets a group without members, offsets and all. `done` runs once, when that is committed or has failed. */
export function deleteGroup(context: GroupContext, group: ClassicGroup, done: (error: ErrorName) => void): void {
  if (group.state === 'Dead') return done('GROUP_ID_NOT_FOUND');
  if (group.state !== 'Empty') return done('NON_EMPTY_GROUP');
  const { groupId } = group;
  const records = groupTombstones(groupId, context.image().group(groupId));
  if (records.length === 0) return done('NONE');
  // While the records are on their way nobody may join or commit: what came after them would survive.
  group.transitionTo('Dead', context.now().wallMs);
  let left = Math.ceil(records.length / BATCH_RECORDS_MAX);
  let failed: ErrorName | undefined;
  for (let from = 0; from < records.length; from += BATCH_RECORDS_MAX) {
    context.outbox.write({
      operation: 'group deletion',
      records: records.slice(from, from + BATCH_RECORDS_MAX),
      settled: (error) => {
        failed ??= error;
        left -= 1;
        if (left > 0) return;
        if (failed !== undefined) group.transitionTo('Empty', context.now().wallMs);
        done(failed === undefined ? 'NONE' : groupWriteError(failed));
      },
    });
  }
}

/** Records that forget a group; the group itself comes last, so that a deletion cut short can be made again. */
function groupTombstones(groupId: string, kept: GroupImage | undefined): CoordinatorRecord[] {
  const records: CoordinatorRecord[] = [];
  for (const [topic, offsets] of kept?.offsets ?? []) {
    for (const partition of offsets.keys()) records.push(offsetTombstone(groupId, topic, partition));
  }
  if (kept?.metadata !== undefined) records.push({ type: 'GroupMetadata', groupId, value: undefined });
  return records;
}
