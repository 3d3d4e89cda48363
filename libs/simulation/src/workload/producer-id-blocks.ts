import type { World } from '../world';

/** The blocks of producer ids that brokers were given: no id twice, whatever happened between (KIP-730). */
export class ProducerIdBlocks {
  /** By first id: to whom. */
  readonly #given = new Map<number, number>();

  constructor(private readonly world: World) {}

  /** Blocks given so far. */
  get size(): number {
    return this.#given.size;
  }

  /** A broker was told that `count` ids from `first` on are its own. */
  given(brokerId: number, first: number, count: number): void {
    for (const [start, owner] of this.#given) {
      if (start >= first + count || first >= start + count) continue;
      const text = `broker ${brokerId} was given producer ids from ${first} on, broker ${owner} those from ${start} on`;
      this.world.report('C2 producer ids are given once', text);
    }
    this.#given.set(first, brokerId);
  }
}
