import { offset } from '@milena/model';
import { followerHighWatermark, highWatermarkAfterTruncation } from './follower-high-watermark';

describe('high watermark of a follower', () => {
  test('follows the leader as far as the log reaches', () => {
    expect(followerHighWatermark(offset(5), 20, offset(10))).toBe(10);
    expect(followerHighWatermark(offset(5), 8, offset(10))).toBe(8);
  });

  test('does not go back when a new leader knows less, or says nothing', () => {
    expect(followerHighWatermark(offset(9), 5, offset(10))).toBe(9);
    expect(followerHighWatermark(offset(9), -1, offset(10))).toBe(9);
  });

  test('stays inside a log that was cut or started anew', () => {
    expect(highWatermarkAfterTruncation(offset(9), { logStartOffset: offset(0), logEndOffset: offset(7) })).toBe(7);
    expect(highWatermarkAfterTruncation(offset(9), { logStartOffset: offset(50), logEndOffset: offset(50) })).toBe(50);
  });
});
