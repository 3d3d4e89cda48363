import type { SeededRandom } from '@milena/platform/testing';

/** One of `items`, of which there is at least one. */
export function pickOne<T>(random: SeededRandom, items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}
