import fc from 'fast-check';
import { minimizeList } from './minimize-list';

const forever = (): boolean => false;

/** An attempt that succeeds when all of `needed` are there. */
function needing(needed: ReadonlySet<number>): (items: readonly number[]) => Promise<readonly number[] | undefined> {
  return async (items) => ([...needed].every((each) => items.includes(each)) ? items : undefined);
}

describe('minimizing a list', () => {
  it('leaves exactly the items that are needed, in their order', async () => {
    const lists = fc.uniqueArray(fc.nat(500), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(lists, fc.infiniteStream(fc.boolean()), async (items, coin) => {
        const needed = items.filter(() => coin.next().value);
        expect(await minimizeList(items, needing(new Set(needed)), forever)).toEqual(needed);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('leaves a list of which no single item can go, whatever is asked of it', async () => {
    const rules = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(30), { minLength: 1 }), rules, async (items, pairs) => {
        // An item may need another one, as a wake needs a pause; the first item is what fails.
        const holds = (some: readonly number[]): boolean =>
          some.includes(items[0]!) &&
          pairs.every(([one, other]) => !items.includes(other) || !some.includes(one) || some.includes(other));
        const left = await minimizeList(items, async (some) => (holds(some) ? some : undefined), forever);
        expect(holds(left)).toBe(true);
        for (const item of left) expect(holds(left.filter((each) => each !== item))).toBe(false);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('takes few attempts for few items of many', async () => {
    let attempts = 0;
    const items = Array.from({ length: 1000 }, (_, index) => index);
    const attempt = needing(new Set([17, 400, 401, 999]));
    const left = await minimizeList(items, (some) => ((attempts += 1), attempt(some)), forever);
    expect(left).toEqual([17, 400, 401, 999]);
    expect(attempts).toBeLessThan(100);
  });

  it('goes on from what an attempt says is left', async () => {
    const items = Array.from({ length: 64 }, (_, index) => index);
    // A run that fails earlier never gets to the rest.
    const left = await minimizeList(items, async (some) => (some.includes(0) ? some.slice(0, 3) : undefined), forever);
    expect(left).toEqual([0]);
  });

  it('stops when its time is over, with what it has by then', async () => {
    let attempts = 0;
    const items = Array.from({ length: 64 }, (_, index) => index);
    const attempt = needing(new Set([63]));
    const left = await minimizeList(
      items,
      (some) => ((attempts += 1), attempt(some)),
      () => attempts >= 3,
    );
    expect(attempts).toBe(3);
    expect(left).toContain(63);
    expect(left.length).toBeLessThan(64);
  });
});
