import { addOffset, invariant } from '@milena/model';
import { rememberVoters } from './fetching';
import type { RaftContext } from './raft-context';

/** Reads the log once from its start for the voter sets written there. Headers only, but for control batches. */
export function restoreVoters(context: RaftContext): void {
  const { log, batches, settings } = context;
  let position = log.startOffset();
  while (position < log.endOffset()) {
    const from = position;
    for (const batch of batches.read(log.read(from, settings.fetchMaxBytes))) {
      if (batch.baseOffset >= from) rememberVoters(context, batch);
      position = addOffset(batch.lastOffset, 1);
    }
    invariant(position > from, 'a log read brings at least one batch', { from });
  }
}
