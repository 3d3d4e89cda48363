import { minOffset, offset, type Offset } from '@milena/model';
import type { EpochEnd } from './replica-fetch';

/** What truncation decisions need to know of a log. */
export interface EpochHistory {
  readonly logStartOffset: Offset;
  readonly logEndOffset: Offset;
  /** The largest epoch not above `epoch` and where it ends (storage of leader epochs, KIP-101); undefined for none. */
  endOffsetForEpoch(epoch: number): EpochEnd | undefined;
}

/**
 * Whether a follower whose last record has epoch `lastFetchedEpoch` and which continues at `fetchOffset` is a prefix of
 * this leader's log. `out-of-range`: the leader knows nothing of that epoch (KIP-595).
 */
export function divergenceOf(
  leader: EpochHistory,
  position: { readonly fetchOffset: Offset; readonly lastFetchedEpoch: number },
): EpochEnd | 'out-of-range' | undefined {
  if (position.lastFetchedEpoch < 0) return undefined;
  const end = leader.endOffsetForEpoch(position.lastFetchedEpoch);
  if (end === undefined || end.epoch < 0 || end.endOffset < 0) return 'out-of-range';
  const isPrefix = end.epoch === position.lastFetchedEpoch && end.endOffset >= position.fetchOffset;
  return isPrefix ? undefined : end;
}

/**
 * Where a follower must truncate after the leader answered with a diverging epoch (KIP-101, KIP-279). When the follower
 * has no record of that epoch, the cut goes to the end of its own largest epoch below, and the next fetch shows whether
 * that was enough. Never decided by the high watermark, which a follower learns late.
 */
export function truncationOffset(follower: EpochHistory, diverging: EpochEnd): Offset {
  const { logEndOffset } = follower;
  if (diverging.endOffset < 0) return logEndOffset;
  const leaderEnd = offset(diverging.endOffset);
  const mine = diverging.epoch < 0 ? undefined : follower.endOffsetForEpoch(diverging.epoch);
  if (mine === undefined || mine.epoch < 0 || mine.endOffset < 0) return minOffset(leaderEnd, logEndOffset);
  const myEnd = minOffset(offset(mine.endOffset), logEndOffset);
  return mine.epoch === diverging.epoch ? minOffset(myEnd, leaderEnd) : myEnd;
}

/** What a follower does whose fetch offset is outside the leader's log. */
export type OutOfRangeAction =
  | { readonly kind: 'truncate-to'; readonly offset: Offset }
  | { readonly kind: 'restart-at'; readonly offset: Offset }
  | { readonly kind: 'continue' };

/** Never fatal (KAFKA-7414): ahead of the leader is cut back, behind its log start begins anew there. */
export function outOfRangeAction(
  follower: Pick<EpochHistory, 'logEndOffset'>,
  leader: { readonly logStartOffset: Offset; readonly logEndOffset: Offset },
): OutOfRangeAction {
  if (leader.logEndOffset < follower.logEndOffset) return { kind: 'truncate-to', offset: leader.logEndOffset };
  if (leader.logStartOffset > follower.logEndOffset) return { kind: 'restart-at', offset: leader.logStartOffset };
  return { kind: 'continue' };
}
