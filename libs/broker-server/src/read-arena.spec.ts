import { ReadArena } from './read-arena';

describe('read arena', () => {
  test('what was taken for one answer does not overlap, even when the buffer has to grow', () => {
    const arena = new ReadArena();
    const taken = [1_000, 63_000, 5_000, 500_000, 10].map((bytes, index) => arena.take(bytes).fill(index));
    for (const [index, buffer] of taken.entries()) expect(buffer.every((byte) => byte === index)).toBe(true);
  });

  test('the next answer uses the same memory', () => {
    const arena = new ReadArena();
    const first = arena.take(100).fill(1);
    arena.reset();
    arena.take(100).fill(2);
    expect(first[0]).toBe(2);
  });

  test('memory of an answer larger than any allowed is given back', () => {
    const arena = new ReadArena();
    arena.take(20 * 1024 * 1024);
    arena.reset();
    expect(arena.take(10).buffer.byteLength).toBeLessThan(1024 * 1024);
  });
});
