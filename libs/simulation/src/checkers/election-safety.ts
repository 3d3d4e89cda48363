import type { World } from '../world';

/** R1: at most one leader per epoch, over the whole run. */
export class ElectionSafety {
  readonly #leaders = new Map<number, number>();

  constructor(private readonly world: World) {}

  /** `nodeId` says that it leads `epoch`. */
  leads(nodeId: number, epoch: number): void {
    const before = this.#leaders.get(epoch);
    if (before === undefined) {
      if (this.#leaders.get(epoch - 1) === nodeId) this.world.mark('the same node led two epochs in a row');
      this.#leaders.set(epoch, nodeId);
    } else if (before !== nodeId)
      this.world.violated('R1 election safety', `epoch ${epoch} has leaders ${before} and ${nodeId}`);
  }

  /** Epochs that had a leader. */
  get epochs(): number {
    return this.#leaders.size;
  }
}
