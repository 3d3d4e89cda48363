import { ZERO_OFFSET, type Offset, offset } from '@milena/model';
import { VoterSet } from '../voter-set';
import type { TestNode } from './test-node';
import type { TextBatch } from './text-batches';

/** A voter set as a log has it. */
export interface VotersInLog {
  /** Where its record stands; -1 for the set that ruled before the log begins. */
  readonly offset: number;
  readonly voters: VoterSet;
}

const cache = new WeakMap<readonly TextBatch[], readonly VotersInLog[]>();

/** The voter sets of a node's log, oldest first, read from its records: what the state machine should know by itself. */
export function votersInLog(node: TestNode): readonly [VotersInLog, ...VotersInLog[]] {
  return [{ offset: -1, voters: votersBeforeLog(node) }, ...writtenVoters(node.log.contents)];
}

/** The voter set that a node's log makes rule, committed or not. */
export function rulingVoters(node: TestNode): VoterSet {
  return writtenVoters(node.log.contents).at(-1)?.voters ?? votersBeforeLog(node);
}

function votersBeforeLog({ log, bootstrapVoters }: TestNode): VoterSet {
  const start: Offset = log.startOffset();
  const snapshot = start > ZERO_OFFSET ? log.oldestSnapshot() : undefined;
  const written = snapshot === undefined ? undefined : log.snapshotVoters(snapshot);
  return written ?? bootstrapVoters;
}

function writtenVoters(batches: readonly TextBatch[]): readonly VotersInLog[] {
  let found = cache.get(batches);
  if (found === undefined) {
    found = batches.flatMap(({ baseOffset, control = [] }) =>
      control.flatMap((record, index) =>
        record.type === 'voters' ? [{ offset: offset(baseOffset + index), voters: VoterSet.of(record.voters) }] : [],
      ),
    );
    cache.set(batches, found);
  }
  return found;
}
