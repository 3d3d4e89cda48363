import type { Uuid } from '@milena/model';
import type { IntTable } from './columns/int-table';
import type { PartitionLists } from './columns/partition-lists';
import { partitionInRow } from './columns/partition-table';
import type { PartitionState } from './partition-state';
import type { TopicEntry } from './topic-table';

/**
 * One topic of an image, with its partitions 0 to partitionCount - 1. Immutable. A view made anew by each question: ask
 * whether two are the same topic by id, and whether a partition changed by its partition epoch.
 */
export class TopicImage {
  readonly #entry: TopicEntry;
  readonly #partitions: IntTable;
  readonly #lists: PartitionLists;

  /** Made by TopicsImage only. */
  constructor(entry: TopicEntry, partitions: IntTable, lists: PartitionLists) {
    this.#entry = entry;
    this.#partitions = partitions;
    this.#lists = lists;
  }

  get id(): Uuid {
    return this.#entry.id;
  }

  get name(): string {
    return this.#entry.name;
  }

  get partitionCount(): number {
    return this.#entry.count;
  }

  /** State of a partition; undefined when the topic has no such partition. */
  partition(index: number): PartitionState | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#entry.count) return undefined;
    return partitionInRow(this.#partitions, this.#lists, this.#entry.first + index);
  }

  /** States of all partitions, the position being the partition's index. */
  *partitions(): Iterable<PartitionState> {
    const { first, count } = this.#entry;
    for (let row = first; row < first + count; row++) yield partitionInRow(this.#partitions, this.#lists, row);
  }
}
