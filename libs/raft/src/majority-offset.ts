import { invariant, type Offset } from '@milena/model';

/**
 * The largest offset that more than half of the voters have reached, from each voter's durable log end (undefined for one
 * that has not fetched in this epoch); undefined when no majority is known. Raft figure 2, rule 4 for leaders.
 */
export function majorityOffset(logEnds: readonly (Offset | undefined)[]): Offset | undefined {
  invariant(logEnds.length > 0, 'a quorum has voters');
  const descending = logEnds.toSorted((left, right) => (right ?? -1) - (left ?? -1));
  return descending[Math.floor(logEnds.length / 2)];
}
