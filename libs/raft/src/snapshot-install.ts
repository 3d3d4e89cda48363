import { invariant, type OffsetAndEpoch } from '@milena/model';
import type { RaftContext } from './raft-context';

/**
 * The log was emptied to start at the end of a snapshot that came from the leader. Everything kept in memory about the log
 * is told anew: the voters are those of the snapshot, all before its end is committed, and durable.
 */
export function snapshotInstalled(context: RaftContext, id: OffsetAndEpoch): void {
  const { log, nowMs } = context;
  const { role } = context.quorum;
  endInstall(context, id);
  invariant(role.name !== 'leader', 'a leader has no use for a snapshot', { snapshot: id });
  const ends = { start: log.startOffset(), end: log.endOffset(), lastEpoch: log.lastEpoch() };
  const isInPlace = ends.start === id.offset && ends.end === id.offset && ends.lastEpoch === id.epoch;
  invariant(isInPlace, 'an installed snapshot is all there is', { snapshot: id, ...ends });
  context.history.restoreFromSnapshot(id, log.snapshotVoters(id));
  context.votersChanged();
  if (context.bugs.keepDurableEndOverInstall !== true) context.durable.restartAt(id.offset);
  context.raiseHighWatermark(id.offset);
  // The leader could not be asked meanwhile.
  if (role.name === 'follower') role.fetchDeadlineMs = nowMs + context.settings.fetchTimeoutMs;
}

/**
 * The snapshot that was received is damaged: the next fetch begins it, or a newer one, again. The leader gets the time to
 * find out whether it is damaged there.
 */
export function snapshotRefused(context: RaftContext, id: OffsetAndEpoch): void {
  endInstall(context, id);
  context.outbox.pauseFetches(context.nowMs + context.settings.fetchTimeoutMs / 2);
}

function endInstall(context: RaftContext, id: OffsetAndEpoch): void {
  const { installing } = context;
  invariant(installing?.offset === id.offset && installing.epoch === id.epoch, 'an install was asked for', { id });
  context.installing = undefined;
}
