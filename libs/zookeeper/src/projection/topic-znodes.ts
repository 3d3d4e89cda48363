import type { MetadataImage, TopicImage } from '@milena/metadata';
import type { LogChange } from '../tree/log-change';
import type { Znode, ZnodeHistory } from '../tree/znode';
import type { TopicHistory, Versioned } from './topic-history';
import { configBody, partitionStateBody, topicBody } from './znode-bodies';

/** A topic with what the log says of it. */
export interface ProjectedTopic {
  readonly topic: TopicImage;
  readonly history: TopicHistory;
}

/** /brokers/topics/T: made for one read, as all below it. */
export function topicZnode(projected: ProjectedTopic): Znode {
  const { topic, history } = projected;
  const { created, assignment } = history;
  return {
    history: { ...parentHistory(created), ...assignment },
    data: () => topicBody(topic),
    childCount: 1,
    childNames: () => ['partitions'],
    child: (name) => (name === 'partitions' ? partitionsZnode(projected) : undefined),
    descendantCount: 1 + 2 * topic.partitionCount,
  };
}

/** /config/topics/T. */
export function topicConfigZnode({ topic, history }: ProjectedTopic, image: MetadataImage): Znode {
  return leaf(history.created, history.config, () => configBody(image.config({ type: 'TOPIC', name: topic.name })));
}

function partitionsZnode(projected: ProjectedTopic): Znode {
  const { topic, history } = projected;
  const count = topic.partitionCount;
  return {
    history: { ...unchanged(history.created), cversion: count, pzxid: history.partitionsAdded },
    data: () => undefined,
    childCount: count,
    childNames: () => Array.from({ length: count }, (_, index) => String(index)).sort(),
    child(name) {
      const index = /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1;
      return partitionZnode(projected, index);
    },
    descendantCount: 2 * count,
  };
}

function partitionZnode(projected: ProjectedTopic, index: number): Znode | undefined {
  const created = projected.history.partitionCreated[index];
  if (created === undefined) return undefined;
  return {
    history: parentHistory(created),
    data: () => undefined,
    childCount: 1,
    childNames: () => ['state'],
    child: (name) => (name === 'state' ? stateZnode(projected, index, created) : undefined),
    descendantCount: 1,
  };
}

function stateZnode({ topic, history }: ProjectedTopic, index: number, created: LogChange): Znode | undefined {
  const state = topic.partition(index);
  const modified = history.partitionModified[index];
  if (state === undefined || modified === undefined) return undefined;
  const { partitionEpoch: version } = state;
  return leaf(created, { modified, version }, () => partitionStateBody(state, modified.epoch));
}

function leaf(created: LogChange, { modified, version }: Versioned, data: () => Buffer): Znode {
  return {
    history: { ...unchanged(created), modified, version },
    data,
    childCount: 0,
    childNames: () => [],
    child: () => undefined,
    descendantCount: 0,
  };
}

function unchanged(created: LogChange): ZnodeHistory {
  return { created, modified: created, version: 0, cversion: 0, pzxid: created.zxid, ephemeralOwner: 0n };
}

/** A znode whose only child came with it. */
function parentHistory(created: LogChange): ZnodeHistory {
  return { ...unchanged(created), cversion: 1 };
}
