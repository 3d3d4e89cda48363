/** Unclean elections that an operator asks for: from the question on, until it is certain what became of it. */
export class ElectionDemands {
  readonly #open = new Map<string, number>();

  /** A demand for a partition; call what is returned once it can have no effect any more. */
  open(topicName: string, partition: number): () => void {
    const key = `${topicName}-${partition}`;
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
    return () => void this.#open.set(key, (this.#open.get(key) ?? 1) - 1);
  }

  /** Whether an unclean election of the partition may be the answer to a demand. */
  covers(topicName: string, partition: number): boolean {
    return (this.#open.get(`${topicName}-${partition}`) ?? 0) > 0;
  }
}
