import type { World } from '../world';

/** What one client knows of the commits of one group to one partition. */
interface KnownCommits {
  /** The last offset that was acknowledged, and who did it. */
  acknowledged: { readonly offset: number; readonly nodeId: number } | undefined;
  /** Offsets of commits whose outcome nobody knows: they may be carried out at any later time. */
  readonly uncertain: Set<number>;
}

/**
 * What groups were told of their commits. G3, G4: a committed offset never goes back, and a fetch after an acknowledged commit
 * gives at least its offset; only a commit whose outcome was unknown may show up later. A coordinator that lost its
 * partition and does not know it yet may answer from the past, as in Kafka: only answers of the one that acknowledged count
 * while faults are about, and those of anybody in the end.
 */
export class CommittedOffsets {
  readonly #known = new Map<string, KnownCommits>();

  constructor(private readonly world: World) {}

  /** Commits acknowledged so far. */
  acknowledged = 0;

  /** A coordinator said that a commit is done. */
  committed(group: string, offset: number, nodeId: number): void {
    this.acknowledged += 1;
    this.#of(group).acknowledged = { offset, nodeId };
  }

  /** Nobody knows whether a commit is done, or ever will be. */
  uncertain(group: string, offset: number): void {
    this.#of(group).uncertain.add(offset);
  }

  /** A coordinator answered a fetch that was sent after everything noted so far; -1 for no offset. */
  fetched(group: string, offset: number, nodeId: number): void {
    if (this.#of(group).acknowledged?.nodeId === nodeId) this.#check(group, offset, `broker ${nodeId}`);
  }

  /** The final look, with nothing under way any more. */
  concludes(group: string, offset: number): void {
    this.#check(group, offset, 'the final look');
  }

  #check(group: string, offset: number, by: string): void {
    const { acknowledged, uncertain } = this.#of(group);
    if (acknowledged === undefined || offset >= acknowledged.offset || uncertain.has(offset)) return;
    const told = `${acknowledged.offset} was acknowledged by broker ${acknowledged.nodeId}`;
    this.world.report('G3 committed offset never goes back', `${group} is at ${offset} by ${by}; ${told}`);
  }

  #of(group: string): KnownCommits {
    const known = this.#known.get(group) ?? { acknowledged: undefined, uncertain: new Set() };
    this.#known.set(group, known);
    return known;
  }
}
