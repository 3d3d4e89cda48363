import type { LogChange } from '../tree/log-change';

/** Data that changes: when it last did, and how often. */
export interface Versioned {
  readonly modified: LogChange;
  readonly version: number;
}

/** What the log says of one topic beyond its image. A partition costs two references. */
export interface TopicHistory {
  readonly created: LogChange;
  /** Of /brokers/topics/T: the assignment. */
  assignment: Versioned;
  /** Of /config/topics/T. */
  config: Versioned;
  /** zxid that last added partitions. */
  partitionsAdded: number;
  /** By partition: what created it, and what last changed its state. */
  readonly partitionCreated: LogChange[];
  readonly partitionModified: LogChange[];
}

/** History of a topic that `change` creates. */
export function newTopicHistory(change: LogChange): TopicHistory {
  const unchanged: Versioned = { modified: change, version: 0 };
  return {
    created: change,
    assignment: unchanged,
    config: unchanged,
    partitionsAdded: change.zxid,
    partitionCreated: [],
    partitionModified: [],
  };
}

/** One more change; several within one batch count once, as one setData would. */
export function changed({ modified, version }: Versioned, change: LogChange): Versioned {
  return modified === change ? { modified, version } : { modified: change, version: version + 1 };
}
