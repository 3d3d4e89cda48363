import { addOffset } from '@milena/model';
import type { ControlRecord } from './raft-batches';
import type { RaftContext } from './raft-context';
import type { VoterSet } from './voter-set';

/**
 * The leader appends a voter set, behind `before` in the same batch. It rules from here on, for the leader's own counting
 * too.
 */
export function appendVoters(
  context: RaftContext,
  epoch: number,
  voters: VoterSet,
  before: readonly ControlRecord[] = [],
): void {
  const { log, batches, history } = context;
  const baseOffset = log.endOffset();
  log.append(batches.encodeControl({ baseOffset, epoch, records: [...before, { type: 'voters', voters }] }));
  context.wantFlush();
  history.append(addOffset(baseOffset, before.length), voters);
  context.votersChanged();
}
