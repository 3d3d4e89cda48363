import type { List } from 'immutable';
import type { Uuid } from '@milena/model';
import type { PartitionState } from './partition-state';

/** One topic of an image, with its partitions 0 to partitionCount - 1. Immutable. */
export class TopicImage {
  readonly #partitions: List<PartitionState>;

  /** Made by MetadataDelta only. */
  constructor(
    readonly id: Uuid,
    readonly name: string,
    partitions: List<PartitionState>,
  ) {
    this.#partitions = partitions;
  }

  get partitionCount(): number {
    return this.#partitions.size;
  }

  /** State of a partition; undefined when the topic has no such partition. */
  partition(index: number): PartitionState | undefined {
    return index >= 0 ? this.#partitions.get(index) : undefined;
  }

  /** States of all partitions, the position being the partition's index. */
  partitions(): Iterable<PartitionState> {
    return this.#partitions;
  }

  /** The collection inside, for MetadataDelta. */
  contents(): List<PartitionState> {
    return this.#partitions;
  }
}
