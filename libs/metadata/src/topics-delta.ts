import { invariant, NO_NODE, type Uuid } from '@milena/model';
import type { PartitionChangeRecord, PartitionRecord, TopicRecord } from './metadata-record';
import type { PartitionState } from './partition-state';
import type { TopicEntry } from './topic-table';
import { TopicsEdit } from './topics-edit';
import type { TopicsImage } from './topics-image';

const NONE: readonly number[] = Object.freeze([]);

/** The part of a delta that holds topics and their partitions. */
export class TopicsDelta {
  /** Topics created or changed that still exist, with the indexes of their changed partitions. */
  readonly changed = new Map<Uuid, Set<number>>();
  /** Topics of the base that are gone, with their names. */
  readonly deleted = new Map<Uuid, string>();
  readonly #base: TopicsImage;
  readonly #edit: TopicsEdit;
  readonly #tracks: boolean;

  /** Without `tracks` the lists of what changed stay empty. */
  constructor(base: TopicsImage, { tracks = true }: { readonly tracks?: boolean } = {}) {
    this.#base = base;
    this.#edit = new TopicsEdit(base.contents);
    this.#tracks = tracks;
  }

  apply(): TopicsImage {
    return this.#edit.apply();
  }

  createTopic({ topicId, name }: TopicRecord): void {
    const isNew = !this.#edit.hasTopic(topicId) && this.#edit.topicByName(name) === undefined;
    invariant(isNew, 'topic exists', { topicId, name });
    this.#edit.addTopic(topicId, name);
    if (this.#tracks) this.changed.set(topicId, new Set());
  }

  createPartition(record: PartitionRecord): void {
    const { topicId, partitionId } = record;
    const topic = this.#edit.topic(topicId);
    invariant(partitionId === topic.count, `${record.type} is not the next partition`, { topicId, partitionId });
    const created: PartitionState = {
      replicas: record.replicas,
      isr: record.isr,
      leader: record.leader,
      leaderEpoch: record.leaderEpoch,
      partitionEpoch: record.partitionEpoch,
      leaderRecoveryState: record.leaderRecoveryState,
      directories: record.directories,
      addingReplicas: record.addingReplicas,
      removingReplicas: record.removingReplicas,
      elr: record.elr ?? NONE,
      lastKnownElr: record.lastKnownElr ?? NONE,
    };
    this.#check(topic, partitionId, created);
    this.#edit.addPartition(topic, created);
    this.#changed(topicId, partitionId);
  }

  changePartition(record: PartitionChangeRecord): void {
    const { topicId, partitionId } = record;
    const topic = this.#edit.topic(topicId);
    const before = this.#edit.partition(topic, partitionId);
    invariant(before !== undefined, 'change to an unknown partition', { topicId, partitionId });
    const after: PartitionState = {
      replicas: record.replicas ?? before.replicas,
      isr: record.isr ?? before.isr,
      leader: record.leader ?? before.leader,
      leaderEpoch: before.leaderEpoch + (record.leader === undefined ? 0 : 1),
      partitionEpoch: before.partitionEpoch + 1,
      leaderRecoveryState: record.leaderRecoveryState ?? before.leaderRecoveryState,
      directories: record.directories ?? before.directories,
      addingReplicas: record.addingReplicas ?? before.addingReplicas,
      removingReplicas: record.removingReplicas ?? before.removingReplicas,
      elr: record.elr ?? before.elr,
      lastKnownElr: record.lastKnownElr ?? before.lastKnownElr,
    };
    this.#check(topic, partitionId, after);
    this.#edit.setPartition(topic, partitionId, after);
    this.#changed(topicId, partitionId);
  }

  /** Forgets the ELR of a topic's partitions, or of all; where the ISR is empty it stays, being all that can lead. */
  clearElr(topicName: string | undefined): void {
    for (const topic of this.#topicsMeant(topicName)) {
      for (const partitionId of this.#edit.extraordinary(topic)) {
        const { isr = [], elr = [], lastKnownElr = [] } = this.#edit.partition(topic, partitionId) ?? {};
        if (isr.length === 0 || elr.length + lastKnownElr.length === 0) continue;
        const cleared = { partitionId, elr: [], lastKnownElr: [] };
        this.changePartition({ type: 'PartitionChangeRecord', topicId: topic.id, ...cleared });
      }
    }
  }

  /** Takes a topic away and returns its name. */
  removeTopic(topicId: Uuid): string {
    const topic = this.#edit.topic(topicId);
    this.#edit.removeTopic(topic);
    this.changed.delete(topicId);
    if (this.#tracks && this.#base.byId(topicId) !== undefined) this.deleted.set(topicId, topic.name);
    return topic.name;
  }

  #topicsMeant(name: string | undefined): Iterable<TopicEntry> {
    if (name === undefined) return this.#edit.all();
    const topic = this.#edit.topicByName(name);
    invariant(topic !== undefined, 'record names an unknown topic', { name });
    return [topic];
  }

  #check(topic: TopicEntry, partition: number, state: PartitionState): void {
    const { replicas, isr, leader } = state;
    const fits = isr.every((id) => replicas.includes(id)) && (leader === NO_NODE || isr.includes(leader));
    // Facts cost more than the check: they are gathered only when it fails.
    if (fits) return;
    const facts = { topicId: topic.id, partition, ...state };
    invariant(fits, 'the leader must be in the ISR and the ISR among the replicas', facts);
  }

  #changed(topicId: Uuid, index: number): void {
    if (!this.#tracks) return;
    const indexes = this.changed.get(topicId);
    if (indexes === undefined) this.changed.set(topicId, new Set([index]));
    else indexes.add(index);
  }
}
