import { List } from 'immutable';
import { invariant, NO_NODE, type Uuid } from '@milena/model';
import { HostedIndexEdit } from './hosted-index';
import type { ImageContents } from './metadata-image';
import type { PartitionChangeRecord, PartitionRecord, TopicRecord } from './metadata-record';
import type { PartitionState } from './partition-state';
import { TopicImage } from './topic-image';

type Topics = Pick<ImageContents, 'topics' | 'topicIdsByName' | 'hosted'>;

/** The part of a delta that holds topics and their partitions. */
export class TopicsDelta {
  /** Topics created or changed that still exist, with the indexes of their changed partitions. */
  readonly changed = new globalThis.Map<Uuid, Set<number>>();
  /** Topics of the base that are gone, with their names. */
  readonly deleted = new globalThis.Map<Uuid, string>();
  readonly #base: Topics;
  readonly #topics: ImageContents['topics'];
  readonly #topicIdsByName: ImageContents['topicIdsByName'];
  /** Partitions of the topics that changed, open for change until `apply`. */
  readonly #open = new globalThis.Map<Uuid, List<PartitionState>>();

  constructor(base: Topics) {
    this.#base = base;
    this.#topics = base.topics.asMutable();
    this.#topicIdsByName = base.topicIdsByName.asMutable();
  }

  apply(): Topics {
    const hosted = this.#nextHosted();
    for (const [id, partitions] of this.#open) {
      const { name } = this.#topic(id);
      this.#topics.set(id, new TopicImage(id, name, partitions.asImmutable()));
    }
    return { topics: this.#topics.asImmutable(), topicIdsByName: this.#topicIdsByName.asImmutable(), hosted };
  }

  createTopic({ topicId, name }: TopicRecord): void {
    invariant(!this.#topics.has(topicId) && !this.#topicIdsByName.has(name), 'topic exists', { topicId, name });
    this.#topics.set(topicId, new TopicImage(topicId, name, List()));
    this.#topicIdsByName.set(name, topicId);
    this.changed.set(topicId, new Set());
  }

  createPartition(record: PartitionRecord): void {
    const { type, topicId, partitionId, ...state } = record;
    const { size } = this.#partitions(topicId);
    invariant(partitionId === size, `${type} is not the next partition`, { topicId, partitionId });
    this.#putPartition(topicId, partitionId, {
      ...state,
      elr: state.elr ?? [],
      lastKnownElr: state.lastKnownElr ?? [],
    });
  }

  changePartition(record: PartitionChangeRecord): void {
    const { topicId, partitionId } = record;
    const before = this.#partitions(topicId).get(partitionId);
    invariant(before !== undefined, 'change to an unknown partition', { topicId, partitionId });
    this.#putPartition(topicId, partitionId, {
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
    });
  }

  /** Forgets the ELR of a topic's partitions, or of all; where the ISR is empty it stays, being all that can lead. */
  clearElr(topicName: string | undefined): void {
    const named = topicName === undefined ? undefined : this.#topicIdsByName.get(topicName);
    invariant(topicName === undefined || named !== undefined, 'record names an unknown topic', { topicName });
    for (const topicId of named === undefined ? [...this.#topics.keys()] : [named]) {
      this.#partitions(topicId).forEach(({ isr, elr, lastKnownElr }, partitionId) => {
        if (isr.length === 0 || elr.length + lastKnownElr.length === 0) return;
        this.changePartition({ type: 'PartitionChangeRecord', topicId, partitionId, elr: [], lastKnownElr: [] });
      });
    }
  }

  /** Takes a topic away and returns its name. */
  removeTopic(topicId: Uuid): string {
    const topic = this.#topic(topicId);
    this.#topics.delete(topicId);
    this.#open.delete(topicId);
    this.#topicIdsByName.delete(topic.name);
    this.changed.delete(topicId);
    if (this.#base.topics.has(topicId)) this.deleted.set(topicId, topic.name);
    return topic.name;
  }

  #putPartition(topicId: Uuid, index: number, state: PartitionState): void {
    const { replicas, isr, leader } = state;
    invariant(
      isr.every((id) => replicas.includes(id)) && (leader === NO_NODE || isr.includes(leader)),
      'the leader must be in the ISR and the ISR among the replicas',
      { topicId, partition: index, ...state },
    );
    const partitions = this.#partitions(topicId);
    if (index === partitions.size) partitions.push(state);
    else partitions.set(index, state);
    const changed = this.changed.get(topicId) ?? new Set();
    this.changed.set(topicId, changed.add(index));
  }

  /** The partitions of a topic, mutable until `apply`. */
  #partitions(topicId: Uuid): List<PartitionState> {
    const known = this.#open.get(topicId);
    if (known !== undefined) return known;
    const opened = this.#topic(topicId).contents().asMutable();
    this.#open.set(topicId, opened);
    return opened;
  }

  #nextHosted(): ImageContents['hosted'] {
    const edit = new HostedIndexEdit(this.#base.hosted);
    for (const [topicId, indexes] of this.changed) {
      const base = this.#base.topics.get(topicId);
      for (const index of indexes) {
        const before = base?.partition(index)?.replicas ?? [];
        const after = this.#partitions(topicId).get(index)?.replicas ?? [];
        if (before !== after) edit.replicasChanged(topicId, index, before, after);
      }
    }
    for (const topicId of this.deleted.keys()) {
      let index = 0;
      for (const { replicas } of this.#base.topics.get(topicId)?.partitions() ?? []) {
        edit.replicasChanged(topicId, index++, replicas, []);
      }
    }
    return edit.apply();
  }

  #topic(topicId: Uuid): TopicImage {
    const topic = this.#topics.get(topicId);
    invariant(topic !== undefined, 'record names an unknown topic', { topicId });
    return topic;
  }
}
