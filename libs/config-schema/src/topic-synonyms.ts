import type { SERVER_KEYS, TOPIC_KEYS } from './config-tables';

/** A broker key that stands in for a topic key; `factor` turns its unit into the topic key's. */
export interface TopicSynonym {
  readonly key: keyof typeof SERVER_KEYS;
  readonly factor: number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Broker keys by the topic key they stand in for, the first given one wins (Kafka's ServerTopicConfigSynonyms). */
export const TOPIC_SYNONYMS: Readonly<Partial<Record<keyof typeof TOPIC_KEYS, readonly TopicSynonym[]>>> = {
  'cleanup.policy': [{ key: 'log.cleanup.policy', factor: 1 }],
  'compression.type': [{ key: 'compression.type', factor: 1 }],
  'file.delete.delay.ms': [{ key: 'log.segment.delete.delay.ms', factor: 1 }],
  'flush.messages': [{ key: 'log.flush.interval.messages', factor: 1 }],
  'flush.ms': [
    { key: 'log.flush.interval.ms', factor: 1 },
    { key: 'log.flush.scheduler.interval.ms', factor: 1 },
  ],
  'index.interval.bytes': [{ key: 'log.index.interval.bytes', factor: 1 }],
  'max.message.bytes': [{ key: 'message.max.bytes', factor: 1 }],
  'message.timestamp.after.max.ms': [{ key: 'log.message.timestamp.after.max.ms', factor: 1 }],
  'message.timestamp.before.max.ms': [{ key: 'log.message.timestamp.before.max.ms', factor: 1 }],
  'message.timestamp.type': [{ key: 'log.message.timestamp.type', factor: 1 }],
  'min.insync.replicas': [{ key: 'min.insync.replicas', factor: 1 }],
  'retention.bytes': [{ key: 'log.retention.bytes', factor: 1 }],
  'retention.ms': [
    { key: 'log.retention.ms', factor: 1 },
    { key: 'log.retention.minutes', factor: MINUTE_MS },
    { key: 'log.retention.hours', factor: HOUR_MS },
  ],
  'segment.bytes': [{ key: 'log.segment.bytes', factor: 1 }],
  'segment.index.bytes': [{ key: 'log.index.size.max.bytes', factor: 1 }],
  'segment.ms': [
    { key: 'log.roll.ms', factor: 1 },
    { key: 'log.roll.hours', factor: HOUR_MS },
  ],
  'unclean.leader.election.enable': [{ key: 'unclean.leader.election.enable', factor: 1 }],
};
