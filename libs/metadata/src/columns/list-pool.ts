/**
 * Gives equal lists one number and one array: thousands of partitions have the same replicas. Only grows; whoever keeps
 * one sees to it that it is replaced by one with the lists still in use (see TopicsEdit). Number 0 is the empty list.
 */
export class ListPool<T extends string | number> {
  readonly #lists: (readonly T[])[] = [Object.freeze([])];
  readonly #numbers = new Map<string, number>([['', 0]]);
  /** The number given last for each hint. */
  readonly #hinted: number[] = [];

  /** How many lists it holds. */
  get size(): number {
    return this.#lists.length;
  }

  /**
   * The number of a list, which is copied when it is new. No item may be an empty text or contain a comma. Lists that
   * come with the same hint, a small number, are often the same: that is looked at first, because it is much cheaper.
   */
  numberOf(list: readonly T[], hint = 0): number {
    const hinted = this.#hinted[hint];
    if (hinted !== undefined && isSame(this.get(hinted), list)) return hinted;
    const key = list.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#lists.push(Object.freeze([...list])) - 1;
      this.#numbers.set(key, number);
    }
    this.#hinted[hint] = number;
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
