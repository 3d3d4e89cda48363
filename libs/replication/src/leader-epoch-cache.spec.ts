import { offset, type Offset } from '@milena/model';
import fc from 'fast-check';
import { LeaderEpochCache } from './leader-epoch-cache';

const at = (value: number): Offset => offset(value);

function cacheOf(...entries: readonly (readonly [number, number])[]): LeaderEpochCache {
  return new LeaderEpochCache(entries.map(([epoch, start]) => ({ epoch, startOffset: at(start) })));
}

const pairs = (cache: LeaderEpochCache) => cache.entries.map(({ epoch, startOffset }) => [epoch, startOffset]);

describe('leader epoch cache', () => {
  const cache = cacheOf([2, 10], [4, 20], [7, 30]);

  it.each([
    ['the latest epoch ends at the log end', 7, { epoch: 7, endOffset: 42 }],
    ['a known epoch ends where the next begins', 2, { epoch: 2, endOffset: 20 }],
    ['an unknown epoch in between answers with the one below', 5, { epoch: 4, endOffset: 30 }],
    ['an epoch below all ends where the first begins', 1, { epoch: 1, endOffset: 10 }],
    ['a later epoch is unknown', 8, { epoch: -1, endOffset: -1 }],
    ['no epoch is unknown', -1, { epoch: -1, endOffset: -1 }],
  ])('%s', (_name, epoch, expected) => {
    expect(cache.endOffsetFor(epoch, at(42))).toEqual(expected);
  });

  it('knows nothing while empty', () => {
    expect(cacheOf().endOffsetFor(0, at(9))).toEqual({ epoch: -1, endOffset: -1 });
    expect(cacheOf().latestEpoch).toBe(-1);
  });

  it('names the epoch of an offset', () => {
    expect([9, 10, 19, 20, 99].map((each) => cache.epochAt(at(each)))).toEqual([-1, 2, 2, 4, 7]);
  });

  it('ignores a later start of the latest epoch and removes entries that contradict a new one', () => {
    const changed = cacheOf([2, 10], [4, 20]);
    expect(changed.assign(4, at(25))).toBe(false);
    expect(changed.assign(3, at(15))).toBe(true);
    expect(pairs(changed)).toEqual([
      [2, 10],
      [3, 15],
    ]);
    expect(changed.assign(9, at(10))).toBe(true);
    expect(pairs(changed)).toEqual([[9, 10]]);
  });

  it('drops epochs that begin at or after a new end', () => {
    const cut = cacheOf([2, 10], [4, 20]);
    expect(cut.truncateFromEnd(at(21))).toBe(false);
    expect(cut.truncateFromEnd(at(20))).toBe(true);
    expect(pairs(cut)).toEqual([[2, 10]]);
  });

  it('lets the epoch that spans a new log start begin there', () => {
    const cut = cacheOf([2, 10], [4, 20], [7, 30]);
    expect(cut.truncateFromStart(at(25))).toBe(true);
    expect(pairs(cut)).toEqual([
      [4, 25],
      [7, 30],
    ]);
    expect(cut.truncateFromStart(at(25))).toBe(false);
    expect(cut.truncateFromStart(at(5))).toBe(false);
  });

  it('answers as a plain list of who wrote each record does, whatever was appended and cut', () => {
    const step = fc.record({ kind: fc.constantFrom('append', 'cut', 'start'), by: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const subject = new LeaderEpochCache();
        let writers: number[] = [];
        let start = 0;
        let epoch = 0;
        for (const { kind, by } of steps) {
          if (kind === 'append') {
            epoch += by % 2;
            subject.assign(epoch, at(start + writers.length));
            for (let count = 0; count <= by; count += 1) writers.push(epoch);
          } else if (kind === 'cut') {
            writers = writers.slice(0, Math.max(0, writers.length - by));
            subject.truncateFromEnd(at(start + writers.length));
            epoch = Math.max(epoch, subject.latestEpoch) + 1;
          } else {
            const dropped = Math.min(by, writers.length - 1);
            if (dropped <= 0) continue;
            writers = writers.slice(dropped);
            start += dropped;
            subject.truncateFromStart(at(start));
          }
        }
        writers.forEach((writer, index) => expect(subject.epochAt(at(start + index))).toBe(writer));
        for (const each of new Set(writers)) {
          const end = start + writers.lastIndexOf(each) + 1;
          expect(subject.endOffsetFor(each, at(start + writers.length))).toEqual({ epoch: each, endOffset: end });
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
