/** Numbers given lately that are looked at first; a power of two. */
const RECENT = 1024;

/**
 * Gives equal lists one number and one array: thousands of partitions have the same replicas. Only grows; whoever keeps
 * one sees to it that it is replaced by one with the lists still in use (see TopicsEdit). Number 0 is the empty list.
 */
export class ListPool<T extends string | number> {
  readonly #lists: (readonly T[])[] = [Object.freeze([])];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #recent = new Int32Array(RECENT);

  /** How many lists it holds. */
  get size(): number {
    return this.#lists.length;
  }

  /**
   * The number of a list, which is copied when it is new. No item may be an empty text or contain a comma. Lists that
   * come with the same `hint` are often the same, which is tried first because it is much cheaper.
   */
  numberOf(list: readonly T[], hint: number): number {
    const place = hint & (RECENT - 1);
    const recent = this.#recent[place] ?? 0;
    if (isSame(this.get(recent), list)) return recent;
    const key = list.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#lists.push(Object.freeze([...list])) - 1;
      this.#numbers.set(key, number);
    }
    this.#recent[place] = number;
    return number;
  }

  /** The list of a number. */
  get(number: number): readonly T[] {
    return this.#lists[number] ?? [];
  }
}

function isSame<T>(left: readonly T[], right: readonly T[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
