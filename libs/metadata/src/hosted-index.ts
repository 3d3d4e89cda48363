import { Map } from 'immutable';
import type { Uuid } from '@milena/model';

/**
 * Broker id -> topic id -> partitions of which the broker has a replica. Derived from the topics. The innermost sets are
 * plain ones, copied when they change: replicas seldom do, and new topics bring many at once.
 */
export type HostedIndex = Map<number, Map<Uuid, ReadonlySet<number>>>;

/** Gathers changes to a hosted index and makes the next one in one go, which costs far less than one by one. */
export class HostedIndexEdit {
  readonly #base: HostedIndex;
  readonly #edited = new globalThis.Map<number, globalThis.Map<Uuid, Set<number>>>();

  constructor(base: HostedIndex) {
    this.#base = base;
  }

  /** A partition's replicas were `before` and are `after`; one of them is empty for a partition that came or went. */
  replicasChanged(topicId: Uuid, partition: number, before: readonly number[], after: readonly number[]): void {
    for (const id of before) this.#partitions(id, topicId).delete(partition);
    for (const id of after) this.#partitions(id, topicId).add(partition);
  }

  apply(): HostedIndex {
    return this.#base.withMutations((index) => {
      for (const [brokerId, topics] of this.#edited) {
        const next = (index.get(brokerId) ?? Map<Uuid, ReadonlySet<number>>()).withMutations((hosted) => {
          for (const [topicId, partitions] of topics) {
            if (partitions.size === 0) hosted.delete(topicId);
            else hosted.set(topicId, partitions);
          }
        });
        if (next.isEmpty()) index.delete(brokerId);
        else index.set(brokerId, next);
      }
    });
  }

  #partitions(brokerId: number, topicId: Uuid): Set<number> {
    const topics = this.#edited.get(brokerId) ?? new globalThis.Map<Uuid, Set<number>>();
    this.#edited.set(brokerId, topics);
    const known = topics.get(topicId);
    if (known !== undefined) return known;
    const partitions = new Set(this.#base.get(brokerId)?.get(topicId));
    topics.set(topicId, partitions);
    return partitions;
  }
}
