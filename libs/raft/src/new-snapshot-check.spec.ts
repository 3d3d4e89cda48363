import { offset } from '@milena/model';
import { checkNewSnapshot } from './new-snapshot-check';
import { MemoryRaftLog } from './testing/memory-raft-log';
import { encodeTextBatch, textBatches } from './testing/text-batches';

/** Batches of two records at 0, 2, 4 and 6; the last two are of epoch 3. Everything before 6 is committed. */
function check(end: number, epoch: number, snapshotAt?: number): string {
  const log = new MemoryRaftLog();
  for (const [baseOffset, batchEpoch] of [
    [0, 1],
    [2, 1],
    [4, 3],
    [6, 3],
  ] as const) {
    log.append(encodeTextBatch({ baseOffset, epoch: batchEpoch, values: ['a', 'b'] }));
  }
  if (snapshotAt !== undefined) {
    log.makeSnapshot(offset(snapshotAt));
    log.cleanTo({ offset: offset(snapshotAt), epoch: 0 });
  }
  const result = checkNewSnapshot(
    { log, batches: textBatches, highWatermark: offset(6) },
    { offset: offset(end), epoch },
  );
  return result.ok ? 'ok' : result.error.message;
}

test('a snapshot may end at any batch border up to the high watermark', () => {
  expect(check(2, 1)).toBe('ok');
  expect(check(4, 1)).toBe('ok');
  expect(check(6, 3)).toBe('ok');
});

test('what is not committed is not in a snapshot', () => {
  expect(check(8, 3)).toBe('the snapshot ends above the high watermark 6');
});

test('KAFKA-14619: a snapshot that ends inside a batch is refused, for the log could not start there', () => {
  expect(check(3, 1)).toBe('the snapshot ends inside a batch');
  expect(check(5, 3)).toBe('the snapshot ends inside a batch');
});

test('KAFKA-14618: the epoch is that of the last record contained, not of the next one', () => {
  expect(check(4, 3)).toBe('the snapshot is of no record in the log');
  expect(check(4, 1)).toBe('ok');
});

test('a snapshot is of records in the log and newer than the newest one', () => {
  expect(check(6, 4)).toBe('the snapshot is of no record in the log');
  expect(check(2, 1, 4)).toBe('the snapshot is of no record in the log');
  expect(check(4, 1, 4)).toBe('the snapshot is not newer than 4');
  expect(check(6, 3, 4)).toBe('ok');
});
