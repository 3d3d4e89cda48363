import { partitionNumber, placement } from './partition-numbers';

describe('partitions on the command line', () => {
  it('are numbers, with brokers behind them where they are placed', () => {
    expect(partitionNumber('7', '--partition')).toBe(7);
    expect(placement('3=1,22,4')).toEqual({ partition: 3, brokerIds: [1, 22, 4] });
  });

  it.each(['', '3=', '=1', '3=1,', '3=a', '3:1', '-1=1'])('%j is refused with what it must be', (text) => {
    expect(() => placement(text)).toThrow('must be partition=broker');
  });

  it('are never negative', () => {
    expect(() => partitionNumber('-1', '--partition')).toThrow('--partition -1: must be the number of a partition');
  });
});
