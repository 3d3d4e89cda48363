import { Map } from 'immutable';
import { NO_NODE, type Uuid } from '@milena/model';
import type { IntTable } from './columns/int-table';
import { PartitionLists } from './columns/partition-lists';
import { COLUMN, countLedByOthers, emptyPartitionTable, rowsWhere } from './columns/partition-table';
import type { PartitionState } from './partition-state';
import { TopicImage } from './topic-image';
import { TopicTable, type TopicEntry } from './topic-table';

/** A partition together with the topic it belongs to. */
export interface HostedPartition {
  readonly topic: TopicImage;
  readonly partition: number;
  readonly state: PartitionState;
}

/** What a broker is to a partition: has a replica of it, is in its ISR, leads it. */
export type PartitionRole = 'replica' | 'isr' | 'leader';

/** The tables behind the topics of an image. Only TopicsImage and TopicsDelta look inside. */
export interface TopicsContents {
  readonly topics: TopicTable;
  /** A row per partition, those of a topic side by side; rows of topics that are gone stay behind for a while. */
  readonly partitions: IntTable;
  readonly lists: PartitionLists;
  /** How many values `lists` held when it had no more than were in use. */
  readonly listsInUse: number;
  /** How many rows, slots or list values that are no longer in use may stay beyond as many as are in use. */
  readonly spareMax: number;
  /** Partitions of all topics. */
  readonly partitionCount: number;
  /** Partitions by the broker that has a replica of them. */
  readonly replicaCounts: Map<number, number>;
}

/**
 * Topics and partitions of an image, in columns. Which partitions a broker has is found by a scan: a look at one 32-bit
 * number per partition costs about a nanosecond, an index of three entries per partition would cost more memory than the
 * partitions themselves. Immutable.
 */
export class TopicsImage {
  constructor(readonly contents: TopicsContents) {}

  get size(): number {
    return this.contents.topics.size;
  }

  byId(id: Uuid): TopicImage | undefined {
    return this.#view(this.contents.topics.byId(id));
  }

  byName(name: string): TopicImage | undefined {
    return this.#view(this.contents.topics.byName(name));
  }

  *all(): Iterable<TopicImage> {
    const { topics, partitions, lists } = this.contents;
    for (const entry of topics.all()) yield new TopicImage(entry, partitions, lists);
  }

  /** Partitions to which a broker is what `role` says, topic by topic. */
  *hosted(brokerId: number, role: PartitionRole): Iterable<HostedPartition> {
    const { topics, partitions } = this.contents;
    const [column, matches] = this.#predicate(brokerId, role);
    for (const slot of topics.slots()) {
      let topic: TopicImage | undefined;
      for (const partition of rowsWhere(partitions, { ...topics.rowsAt(slot), column }, matches)) {
        topic ??= this.#view(topics.at(slot));
        const state = topic?.partition(partition);
        if (topic !== undefined && state !== undefined) yield { topic, partition, state };
      }
    }
  }

  /** To how many partitions a broker is what `role` says. */
  hostedCount(brokerId: number, role: PartitionRole): number {
    const { topics, partitions, replicaCounts } = this.contents;
    if (role === 'replica') return replicaCounts.get(brokerId) ?? 0;
    const [column, matches] = this.#predicate(brokerId, role);
    let count = 0;
    for (const slot of topics.slots()) {
      for (const _partition of rowsWhere(partitions, { ...topics.rowsAt(slot), column }, matches)) count += 1;
    }
    return count;
  }

  /** How many partitions are led by another than their first replica, or by nobody. A scan, as above. */
  ledByOthersCount(): number {
    const { topics, partitions, lists } = this.contents;
    const preferred = new Int32Array(lists.brokers.size);
    for (let number = 0; number < preferred.length; number++)
      preferred[number] = lists.brokers.get(number)[0] ?? NO_NODE;
    let count = 0;
    for (const slot of topics.slots()) count += countLedByOthers(partitions, topics.rowsAt(slot), preferred);
    return count;
  }

  /** The column that tells a role, and which of its values mean the broker. */
  #predicate(brokerId: number, role: PartitionRole): readonly [number, (value: number) => boolean] {
    if (role === 'leader') return [COLUMN.leader, (leader) => leader === brokerId];
    const { brokers } = this.contents.lists;
    const has = new Uint8Array(brokers.size);
    for (let number = 0; number < has.length; number++) has[number] = brokers.get(number).includes(brokerId) ? 1 : 0;
    return [role === 'isr' ? COLUMN.isr : COLUMN.replicas, (number) => has[number] === 1];
  }

  #view(entry: TopicEntry | undefined): TopicImage | undefined {
    return entry && new TopicImage(entry, this.contents.partitions, this.contents.lists);
  }
}

/** Too few values to be worth a clean copy. */
const SPARE_MAX = 4096;

/** No topics, and how much those to come may leave behind. */
export function noTopics(spareMax: number = SPARE_MAX): TopicsImage {
  return new TopicsImage({
    topics: new TopicTable(),
    partitions: emptyPartitionTable(),
    lists: new PartitionLists(),
    listsInUse: 0,
    spareMax,
    partitionCount: 0,
    replicaCounts: Map(),
  });
}
