import { groupPartition } from './index';

describe('groupPartition', () => {
  it.each([
    // Java: "test".hashCode() = 3556498, "my-group".hashCode() = -1416123206, "polygenelubricants".hashCode() = -2147483648
    ['test', 48],
    ['', 0],
    ['polygenelubricants', 0],
  ])('puts %p where Java puts it', (groupId, partition) => {
    expect(groupPartition(groupId, 50)).toBe(partition);
  });
});
