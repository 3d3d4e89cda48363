import { TransactionBuffer, type MetadataRecord } from './index';

interface Batch {
  readonly name: string;
  readonly records: readonly MetadataRecord[];
}

const begin: MetadataRecord = { type: 'BeginTransactionRecord', name: 't' };
const end: MetadataRecord = { type: 'EndTransactionRecord' };
const abort: MetadataRecord = { type: 'AbortTransactionRecord', reason: 'gone' };
const noOp: MetadataRecord = { type: 'NoOpRecord' };
const feature = (name: string): MetadataRecord => ({ type: 'FeatureLevelRecord', name, featureLevel: 1 });
const batch = (name: string, ...records: MetadataRecord[]): Batch => ({ name, records });

describe('TransactionBuffer', () => {
  it('lets batches outside of a transaction through at once', () => {
    const buffer = new TransactionBuffer<Batch>();
    const first = batch('1', feature('a'));
    expect(buffer.take(first)).toEqual([first]);
    expect(buffer.isOpen).toBe(false);
  });

  it('holds a transaction back until it ends, then gives all of it, markers turned into records that do nothing', () => {
    const buffer = new TransactionBuffer<Batch>();
    expect(buffer.take(batch('1', begin, feature('a')))).toEqual([]);
    expect(buffer.take(batch('2', feature('b')))).toEqual([]);
    expect(buffer.isOpen).toBe(true);
    expect(buffer.take(batch('3', feature('c'), end))).toEqual([
      batch('1', noOp, feature('a')),
      batch('2', feature('b')),
      batch('3', feature('c'), noOp),
    ]);
    expect(buffer.isOpen).toBe(false);
  });

  it('takes a transaction of one batch', () => {
    const buffer = new TransactionBuffer<Batch>();
    expect(buffer.take(batch('1', begin, feature('a'), end))).toEqual([batch('1', noOp, feature('a'), noOp)]);
  });

  it('drops an aborted transaction but lets the offset move on', () => {
    const buffer = new TransactionBuffer<Batch>();
    buffer.take(batch('1', begin, feature('a')));
    expect(buffer.take(batch('2', feature('b'), abort))).toEqual([batch('2', noOp, noOp)]);
    expect(buffer.take(batch('3', feature('c')))).toEqual([batch('3', feature('c'))]);
  });

  it('forgets an open transaction when a snapshot took its place', () => {
    const buffer = new TransactionBuffer<Batch>();
    buffer.take(batch('1', begin, feature('a')));
    buffer.clear();
    expect(buffer.take(batch('2', feature('b')))).toEqual([batch('2', feature('b'))]);
  });

  it.each([
    ['a transaction within a transaction', [[begin], [begin]]],
    ['an end without a beginning', [[end]]],
    ['an abort without a beginning', [[feature('a'), abort]]],
    ['a beginning inside a batch', [[feature('a'), begin]]],
    ['an end inside a batch', [[begin], [end, feature('a')]]],
  ])('refuses %s', (_what, batches) => {
    const buffer = new TransactionBuffer<Batch>();
    expect(() => batches.forEach((records) => buffer.take(batch('', ...records)))).toThrow('a transaction begins');
  });
});
