import { addOffset, invariant } from '@milena/model';
import { continuesSnapshot } from './epoch-ends';
import { rememberVoters } from './fetching';
import type { RaftContext } from './raft-context';

/**
 * Learns from the newest snapshot and the log behind it, at the start, who votes and what is committed at least. Headers
 * only, but for control batches.
 */
export function restoreVoters(context: RaftContext): void {
  const { log, batches, settings, history } = context;
  const latest = log.latestSnapshot();
  invariant(latest !== undefined || log.startOffset() === 0, 'what is before the log start is in a snapshot');
  if (latest !== undefined) {
    invariant(continuesSnapshot(log, latest), 'the log goes on from the newest snapshot', { latest });
    history.restoreFromSnapshot(latest, log.snapshotVoters(latest));
    context.raiseHighWatermark(latest.offset);
  }
  let position = latest?.offset ?? log.startOffset();
  while (position < log.endOffset()) {
    const from = position;
    for (const batch of batches.read(log.read(from, settings.fetchMaxBytes))) {
      if (batch.baseOffset >= from) rememberVoters(context, batch);
      position = addOffset(batch.lastOffset, 1);
    }
    invariant(position > from, 'a log read brings at least one batch', { from });
  }
}
