import { failure, success, type Offset, type OffsetAndEpoch, type Result } from '@milena/model';
import { continuesSnapshot } from './epoch-ends';
import type { RaftBatches } from './raft-batches';
import type { RaftLog } from './raft-log';

/**
 * Whether a replica may make a snapshot named `id` of its own: what it stands for is committed, in the log, ends where a
 * batch ends (KAFKA-14619: the log could not start there otherwise) and is newer than the newest snapshot. Fails with
 * INVALID_REQUEST.
 */
export function checkNewSnapshot(
  replica: { readonly log: RaftLog; readonly batches: RaftBatches; readonly highWatermark: Offset | undefined },
  id: OffsetAndEpoch,
): Result<undefined> {
  const { log, batches, highWatermark = 0 } = replica;
  if (id.offset > highWatermark) return refuse(`ends above the high watermark ${highWatermark}`);
  if (id.offset < log.startOffset() || !continuesSnapshot(log, id)) return refuse('is of no record in the log');
  const latest = log.latestSnapshot();
  if (id.offset <= (latest?.offset ?? 0)) return refuse(`is not newer than ${latest?.offset ?? 0}`);
  const [next] = id.offset === log.endOffset() ? [] : batches.read(log.read(id.offset, 1));
  if (next !== undefined && next.baseOffset !== id.offset) return refuse('ends inside a batch');
  return success(undefined);
}

function refuse(why: string): Result<undefined> {
  return failure('INVALID_REQUEST', `the snapshot ${why}`);
}
