import type { Map } from 'immutable';
import { invariant, type Uuid } from '@milena/model';
import type { IntTableEdit } from './columns/int-table';
import { PartitionLists } from './columns/partition-lists';
import { COLUMN, emptyPartitionTable, partitionInRow, rowOfPartition } from './columns/partition-table';
import type { PartitionState } from './partition-state';
import { TopicTable, type TopicEntry, type TopicTableEdit } from './topic-table';
import { TopicsImage, type TopicsContents } from './topics-image';

/**
 * The next version of a TopicsImage in the making. The rows of a topic are side by side: one that gets a partition when
 * others have come behind it moves to the end. What topics that are gone and lists that nobody has any more leave behind
 * is cleared away by a copy once it is more than what is in use, so that the cost per change stays the same.
 */
export class TopicsEdit {
  readonly #topics: TopicTableEdit;
  readonly #partitions: IntTableEdit;
  readonly #lists: PartitionLists;
  readonly #base: TopicsContents;
  readonly #replicaCounts: Map<number, number>;
  /** How many more or fewer partitions have a list of replicas, by the list's number. */
  readonly #countChanges = new globalThis.Map<number, number>();
  #partitionCount: number;
  /** The topic asked for last, because records come topic by topic; the table may not know yet that it grew. */
  #last: TopicEntry | undefined;
  #lastGrew = false;

  constructor(base: TopicsContents) {
    const { topics, partitions, lists, replicaCounts, partitionCount } = base;
    this.#base = base;
    this.#topics = topics.edit();
    this.#partitions = partitions.edit();
    // Nobody uses the lists of a table without rows: all clusters of a process would share those of the empty image.
    this.#lists = partitions.size === 0 ? new PartitionLists() : lists;
    this.#replicaCounts = replicaCounts;
    this.#partitionCount = partitionCount;
  }

  topic(id: Uuid): TopicEntry {
    if (this.#last?.id === id) return this.#last;
    const topic = this.#topics.byId(id);
    invariant(topic !== undefined, 'record names an unknown topic', { topicId: id });
    this.#settle();
    this.#last = topic;
    return topic;
  }

  hasTopic(id: Uuid): boolean {
    return this.#last?.id === id || this.#topics.byId(id) !== undefined;
  }

  topicByName(name: string): TopicEntry | undefined {
    this.#settle();
    return this.#topics.byName(name);
  }

  /** All topics; none may be added or moved meanwhile. */
  all(): Iterable<TopicEntry> {
    this.#settle();
    return this.#topics.all();
  }

  addTopic(id: Uuid, name: string): void {
    this.#settle();
    this.#last = { id, name, first: this.#partitions.size, count: 0 };
    this.#topics.add(this.#last);
  }

  removeTopic(topic: TopicEntry): void {
    for (let row = topic.first; row < topic.first + topic.count; row++) this.#countReplicas(row, -1);
    this.#partitionCount -= topic.count;
    this.#topics.remove(topic);
    this.#last = undefined;
    this.#lastGrew = false;
  }

  /** State of a partition of a topic; undefined when there is none. */
  partition({ first, count }: TopicEntry, index: number): PartitionState | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= count) return undefined;
    return partitionInRow(this.#partitions, this.#lists, first + index);
  }

  /** Index of each partition of a topic that is not as most are: recovering, being reassigned, with an ELR. */
  *extraordinary({ first, count }: TopicEntry): Iterable<number> {
    for (let index = 0; index < count; index++)
      if (this.#partitions.get(first + index, COLUMN.extras) !== 0) yield index;
  }

  addPartition(topic: TopicEntry, state: PartitionState): void {
    const first = topic.first + topic.count === this.#partitions.size ? topic.first : this.#moveToEnd(topic);
    const row = this.#partitions.push(rowOfPartition(this.#lists, state));
    this.#countReplicas(row, 1);
    this.#partitionCount += 1;
    if (this.#last?.id !== topic.id) this.#settle();
    this.#last = { id: topic.id, name: topic.name, first, count: topic.count + 1 };
    this.#lastGrew = true;
  }

  setPartition({ first }: TopicEntry, index: number, state: PartitionState): void {
    const row = first + index;
    const values = rowOfPartition(this.#lists, state);
    const hasMoved = values[COLUMN.replicas] !== this.#partitions.get(row, COLUMN.replicas);
    if (hasMoved) this.#countReplicas(row, -1);
    values.forEach((value, column) => this.#partitions.set(row, column, value));
    if (hasMoved) this.#countReplicas(row, 1);
  }

  /** The version made. The edit must not be written to afterwards. */
  apply(): TopicsImage {
    this.#settle();
    const contents: TopicsContents = {
      ...this.#base,
      topics: this.#topics.apply(),
      partitions: this.#partitions.apply(),
      lists: this.#lists,
      partitionCount: this.#partitionCount,
      replicaCounts: this.#nextReplicaCounts(),
    };
    return new TopicsImage(hasTooMuchSpare(contents) ? cleanCopy(contents) : contents);
  }

  /** Tells the table what only the last topic knows. */
  #settle(): void {
    if (this.#last !== undefined && this.#lastGrew) this.#topics.place(this.#last.id, this.#last);
    this.#lastGrew = false;
  }

  #moveToEnd({ first, count }: TopicEntry): number {
    const start = this.#partitions.size;
    for (let row = first; row < first + count; row++) {
      this.#partitions.push(Object.values(COLUMN).map((column) => this.#partitions.get(row, column)));
    }
    return start;
  }

  #countReplicas(row: number, change: 1 | -1): void {
    const replicas = this.#partitions.get(row, COLUMN.replicas);
    this.#countChanges.set(replicas, (this.#countChanges.get(replicas) ?? 0) + change);
  }

  #nextReplicaCounts(): Map<number, number> {
    return this.#replicaCounts.withMutations((counts) => {
      for (const [replicas, change] of this.#countChanges) {
        for (const id of new Set(this.#lists.brokers.get(replicas))) {
          const count = (counts.get(id) ?? 0) + change;
          if (count === 0) counts.delete(id);
          else counts.set(id, count);
        }
      }
    });
  }
}

function hasTooMuchSpare(contents: TopicsContents): boolean {
  const { topics, partitions, partitionCount, lists, listsInUse, spareMax } = contents;
  const pairs = [
    [partitions.size - partitionCount, partitionCount],
    [topics.emptySlots, topics.size],
    [lists.size - listsInUse, listsInUse],
  ] as const;
  return pairs.some(([spare, inUse]) => spare > inUse + spareMax);
}

function cleanCopy(contents: TopicsContents): TopicsContents {
  const { topics, partitions, lists } = contents;
  const nextTopics = new TopicTable().edit();
  const nextPartitions = emptyPartitionTable().edit();
  const nextLists = new PartitionLists();
  for (const { id, name, first, count } of topics.all()) {
    nextTopics.add({ id, name, first: nextPartitions.size, count });
    for (let row = first; row < first + count; row++) {
      nextPartitions.push(rowOfPartition(nextLists, partitionInRow(partitions, lists, row)));
    }
  }
  return {
    ...contents,
    topics: nextTopics.apply(),
    partitions: nextPartitions.apply(),
    lists: nextLists,
    listsInUse: nextLists.size,
  };
}
