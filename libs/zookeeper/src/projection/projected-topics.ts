import type { MetadataDelta, MetadataImage, PartitionState } from '@milena/metadata';
import type { Uuid } from '@milena/model';
import { BEFORE_THE_LOG, type LogChange } from '../tree/log-change';
import type { OnZnodeEvent, Znode } from '../tree/znode';
import { changed, newTopicHistory, type TopicHistory } from './topic-history';
import { topicConfigZnode, topicZnode, type ProjectedTopic } from './topic-znodes';

const TOPICS = '/brokers/topics';
const CONFIGS = '/config/topics';

/** What a batch brings: the delta, the image that came of it, and the change that znodes remember. */
export interface ProjectedChange {
  readonly delta: MetadataDelta;
  readonly image: MetadataImage;
  readonly change: LogChange;
}

/**
 * /brokers/topics and /config/topics: one topic costs a history, its znodes are made when they are read. A batch touches
 * only the topics and partitions that its delta names.
 */
export class ProjectedTopics {
  #image: MetadataImage;
  readonly #histories = new Map<string, TopicHistory>();
  #partitionCount = 0;
  /** Topics created and deleted so far. */
  #cversion = 0;
  #pzxid = BEFORE_THE_LOG.zxid;
  #sortedNames: readonly string[] | undefined;

  constructor(image: MetadataImage) {
    this.#image = image;
  }

  /** The directory /brokers/topics. */
  readonly topics: Znode = this.#directory(
    (projected) => topicZnode(projected),
    () => 2 * this.#histories.size + 2 * this.#partitionCount,
  );

  /** The directory /config/topics. */
  readonly configs: Znode = this.#directory(
    (projected) => topicConfigZnode(projected, this.#image),
    () => this.#histories.size,
  );

  /** Takes in a batch. */
  apply({ delta, image, change }: ProjectedChange, onEvent: OnZnodeEvent | undefined): void {
    this.#image = image;
    for (const [id, name] of delta.deletedTopics) this.#delete(delta, id, name, change, onEvent);
    for (const [id, indexes] of delta.changedTopics) {
      const topic = image.topicById(id);
      if (topic === undefined) continue;
      const isNew = delta.base.topicById(id) === undefined;
      const history = isNew ? this.#create(topic.name, change, onEvent) : this.#histories.get(topic.name);
      if (history !== undefined) this.#changePartitions({ topic, history }, indexes, { delta, image, change }, onEvent);
    }
    for (const { type, name } of delta.changedConfigs) if (type === 'TOPIC') this.#changeConfig(name, change, onEvent);
  }

  #create(name: string, change: LogChange, onEvent: OnZnodeEvent | undefined): TopicHistory {
    const history = newTopicHistory(change);
    this.#histories.set(name, history);
    this.#namesChanged(change);
    for (const path of [`${TOPICS}/${name}`, `${TOPICS}/${name}/partitions`, `${CONFIGS}/${name}`]) {
      onEvent?.({ type: 'NodeCreated', path });
    }
    return history;
  }

  #changePartitions(
    { topic, history }: ProjectedTopic,
    indexes: ReadonlySet<number>,
    { delta, change }: ProjectedChange,
    onEvent: OnZnodeEvent | undefined,
  ): void {
    const partitions = `${TOPICS}/${topic.name}/partitions`;
    let isReassigned = false;
    for (const index of indexes) {
      const after = topic.partition(index);
      if (after === undefined) continue;
      const before = delta.base.partition(topic.id, index);
      isReassigned ||= !sameAssignment(before, after);
      history.partitionModified[index] = change;
      if (before !== undefined) {
        onEvent?.({ type: 'NodeDataChanged', path: `${partitions}/${index}/state` });
        continue;
      }
      history.partitionCreated[index] = change;
      history.partitionsAdded = change.zxid;
      this.#partitionCount += 1;
      onEvent?.({ type: 'NodeCreated', path: `${partitions}/${index}` });
      onEvent?.({ type: 'NodeCreated', path: `${partitions}/${index}/state` });
    }
    if (!isReassigned || history.created === change) return;
    history.assignment = changed(history.assignment, change);
    onEvent?.({ type: 'NodeDataChanged', path: `${TOPICS}/${topic.name}` });
  }

  #changeConfig(name: string, change: LogChange, onEvent: OnZnodeEvent | undefined): void {
    const history = this.#histories.get(name);
    if (history === undefined || history.created === change) return;
    history.config = changed(history.config, change);
    onEvent?.({ type: 'NodeDataChanged', path: `${CONFIGS}/${name}` });
  }

  /** Deletes from the leaves up, as a client of ZooKeeper has to. */
  #delete(delta: MetadataDelta, id: Uuid, name: string, change: LogChange, onEvent: OnZnodeEvent | undefined): void {
    this.#histories.delete(name);
    this.#namesChanged(change);
    const count = delta.base.topicById(id)?.partitionCount ?? 0;
    this.#partitionCount -= count;
    if (onEvent === undefined) return;
    const path = `${TOPICS}/${name}`;
    for (let index = 0; index < count; index += 1) {
      onEvent({ type: 'NodeDeleted', path: `${path}/partitions/${index}/state` });
      onEvent({ type: 'NodeDeleted', path: `${path}/partitions/${index}` });
    }
    for (const each of [`${path}/partitions`, path, `${CONFIGS}/${name}`]) onEvent({ type: 'NodeDeleted', path: each });
  }

  #namesChanged({ zxid }: LogChange): void {
    this.#cversion += 1;
    this.#pzxid = zxid;
    this.#sortedNames = undefined;
  }

  #names(): readonly string[] {
    this.#sortedNames ??= [...this.#histories.keys()].sort();
    return this.#sortedNames;
  }

  #directory(znode: (projected: ProjectedTopic) => Znode, descendants: () => number): Znode {
    const child = (name: string): Znode | undefined => {
      const history = this.#histories.get(name);
      const topic = history === undefined ? undefined : this.#image.topicByName(name);
      return history === undefined || topic === undefined ? undefined : znode({ topic, history });
    };
    const created = BEFORE_THE_LOG;
    const history = () => {
      const [cversion, pzxid] = [this.#cversion, this.#pzxid];
      return { created, modified: created, version: 0, cversion, pzxid, ephemeralOwner: 0n };
    };
    const count = (): number => this.#histories.size;
    return {
      get history() {
        return history();
      },
      data: () => undefined,
      get childCount() {
        return count();
      },
      childNames: () => this.#names(),
      child,
      get descendantCount() {
        return descendants();
      },
    };
  }
}

function sameAssignment(before: PartitionState | undefined, after: PartitionState): boolean {
  if (before === undefined) return false;
  return (
    sameIds(before.replicas, after.replicas) &&
    sameIds(before.addingReplicas, after.addingReplicas) &&
    sameIds(before.removingReplicas, after.removingReplicas)
  );
}

function sameIds(left: readonly number[], right: readonly number[]): boolean {
  return left === right || (left.length === right.length && left.every((id, index) => id === right[index]));
}
