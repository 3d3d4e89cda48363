import { offset } from '@milena/model';
import { continuesSnapshot, endOffsetForEpoch } from './epoch-ends';
import { decideFetch } from './fetch-decision';
import { MemoryRaftLog } from './testing/memory-raft-log';
import { encodeTextBatch } from './testing/text-batches';

/** A log of one record per epoch listed, with snapshots that end at `snapshots`, cleaned up to `start`. */
function logOf(epochs: readonly number[], snapshots: readonly number[] = [], start = 0): MemoryRaftLog {
  const log = new MemoryRaftLog();
  epochs.forEach((epoch, baseOffset) => {
    log.append(encodeTextBatch({ baseOffset, epoch, values: ['r'] }));
  });
  for (const end of snapshots) log.makeSnapshot(offset(end));
  if (start > 0) log.cleanTo({ offset: offset(start), epoch: 0 });
  return log;
}

const records = { type: 'records' };
const snapshot = (end: number, epoch: number) => ({ type: 'snapshot', snapshotId: { offset: end, epoch } });
const diverging = (epoch: number, endOffset: number) => ({ type: 'diverging', divergingEpoch: { epoch, endOffset } });

describe('what a leader has for a fetch', () => {
  // Offsets            0  1  2  3  4  5  6  7
  const epochs = [1, 1, 1, 3, 3, 3, 5, 5];

  describe('without snapshots', () => {
    test.each([
      ['nothing yet', 0, 0, records],
      ['a prefix', 3, 1, records],
      ['all there is', 8, 5, records],
      ['more of an epoch than the leader', 5, 1, diverging(1, 3)],
      ['an epoch unknown to the leader', 7, 4, diverging(3, 6)],
    ])('%s', (_, fetchOffset, lastFetchedEpoch, decision) => {
      expect(decideFetch(logOf(epochs), { fetchOffset: offset(fetchOffset), lastFetchedEpoch })).toEqual(decision);
    });
  });

  describe('with snapshots 5-3 and 7-5 on a log that starts at 0', () => {
    test.each([
      ['KAFKA-15078: an empty log is sent the snapshot, though the records are there', 0, 0, snapshot(7, 5)],
      ['an epoch below the oldest snapshot: the newest one', 2, 1, snapshot(7, 5)],
      ['an epoch of the oldest snapshot is searched for in the log', 7, 4, diverging(3, 6)],
      ['a prefix of the epoch of the oldest snapshot', 4, 3, records],
    ])('%s', (_, fetchOffset, lastFetchedEpoch, decision) => {
      const log = logOf(epochs, [5, 7]);
      expect(decideFetch(log, { fetchOffset: offset(fetchOffset), lastFetchedEpoch })).toEqual(decision);
    });
  });

  describe('with snapshots 5-3 and 7-5 on a log that starts at 5', () => {
    test.each([
      ['below the log start', 4, 3, snapshot(7, 5)],
      ['below the log start, whatever the epoch', 4, 5, snapshot(7, 5)],
      ['at the log start, as the snapshot there', 5, 3, records],
      ['at the log start, but of another epoch', 5, 4, snapshot(7, 5)],
      ['behind the log start, of an older epoch', 6, 2, snapshot(7, 5)],
      ['an epoch that ends at the leader where it says', 6, 3, records],
      ['an unknown epoch', 7, 4, diverging(3, 6)],
    ])('%s', (_, fetchOffset, lastFetchedEpoch, decision) => {
      const log = logOf(epochs, [5, 7], 5);
      expect(decideFetch(log, { fetchOffset: offset(fetchOffset), lastFetchedEpoch })).toEqual(decision);
    });
  });

  test("a log that starts at a snapshot of its last record knows where that record's epoch ends", () => {
    const log = logOf([1, 1, 3], [3], 3);
    expect(decideFetch(log, { fetchOffset: offset(3), lastFetchedEpoch: 3 })).toEqual(records);
    expect(decideFetch(log, { fetchOffset: offset(4), lastFetchedEpoch: 3 })).toEqual(diverging(3, 3));
  });
});

describe('where epochs end', () => {
  test('below the first record kept it is the snapshot that knows', () => {
    const log = logOf([1, 1, 2, 3, 3], [3], 3);
    expect(endOffsetForEpoch(log, 2)).toEqual({ offset: 3, epoch: 2 });
    expect(endOffsetForEpoch(log, 1)).toEqual({ offset: 3, epoch: 2 });
    expect(endOffsetForEpoch(log, 3)).toEqual({ offset: 5, epoch: 3 });
  });

  test('an empty log behind a snapshot ends with the epoch of the snapshot', () => {
    const log = logOf([1, 1, 2], [3], 3);
    expect(endOffsetForEpoch(log, 7)).toEqual({ offset: 3, epoch: 2 });
    expect(log.lastEpoch()).toBe(2);
  });
});

describe('whether a log goes on from a snapshot', () => {
  test.each<[string, boolean, MemoryRaftLog, number, number]>([
    ['it holds the records it stands for', true, logOf([1, 1, 2, 2]), 3, 2],
    ['it starts behind it', true, logOf([1, 1, 2, 2], [3], 3), 3, 2],
    ['it ends with it', true, logOf([1, 1]), 2, 1],
    ['it is shorter', false, logOf([1, 1]), 3, 1],
    ['it is shorter and of a later epoch', false, logOf([1, 4]), 3, 3],
    ['it is longer, but of an older epoch there', false, logOf([1, 1, 2, 2, 2]), 4, 3],
    ['it is empty', false, logOf([]), 4, 3],
    ['it starts behind another, newer one', false, logOf([1, 1, 2, 2], [3], 3), 2, 1],
  ])('%s: %s', (_, expected, log, end, epoch) => {
    expect(continuesSnapshot(log, { offset: offset(end), epoch })).toBe(expected);
  });
});
