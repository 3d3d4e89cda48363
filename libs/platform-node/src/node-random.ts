import { randomBytes, randomFillSync } from 'node:crypto';
import { invariant } from '@milena/model';
import type { Random } from '@milena/platform';

const POOL_BYTES = 1024;

/** Randomness of the operating system, fit for ids that nobody may guess. */
export function createNodeRandom(): Random {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;

  const uint32 = (): number => {
    if (used === POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const value = pool.readUInt32LE(used);
    used += 4;
    return value;
  };

  return {
    uint32,
    below(bound) {
      invariant(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32, 'a bound is in [1, 2^32]', { bound });
      // Values past the last whole multiple of the bound would make the small results likelier.
      const limit = 2 ** 32 - (2 ** 32 % bound);
      let value = uint32();
      while (value >= limit) value = uint32();
      return value % bound;
    },
    bytes: (count) => randomBytes(count),
  };
}
