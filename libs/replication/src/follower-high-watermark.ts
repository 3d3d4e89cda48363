import { maxOffset, minOffset, offset, type Offset } from '@milena/model';

/**
 * A follower's high watermark after an answer of its leader: what the leader says, as far as the log reaches. A new
 * leader may say less than is known already (it learned it as late as any follower); what was committed stays committed.
 */
export function followerHighWatermark(known: Offset, leaderHighWatermark: number, logEndOffset: Offset): Offset {
  if (leaderHighWatermark < 0) return known;
  return maxOffset(known, minOffset(offset(leaderHighWatermark), logEndOffset));
}

/** The high watermark after the log was cut to `logEndOffset`, or started anew at `logStartOffset`. */
export function highWatermarkAfterTruncation(
  known: Offset,
  log: { logStartOffset: Offset; logEndOffset: Offset },
): Offset {
  return maxOffset(log.logStartOffset, minOffset(known, log.logEndOffset));
}
