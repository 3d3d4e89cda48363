import {
  layeredServerConfig,
  resolveTopicConfig,
  type ServerConfig,
  type ServerConfigLayers,
  type TopicConfig,
} from '@milena/config-schema';
import type { LogConfig } from '@milena/log-store';
import type { MetadataImage } from '@milena/metadata';

/** What a partition needs of its topic's configuration. Numbers beyond 2^53 are saturated, so Long.MAX means never. */
export interface TopicSettings {
  readonly log: LogConfig;
  readonly minInsyncReplicas: number;
  readonly messageBytesMax: number;
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  /** Unsynced records that demand a sync before the next acknowledgement; 1 syncs before every one. */
  readonly flushMessages: number;
  /** Longest time a record stays unsynced. */
  readonly flushMs: number;
}

/** The settings of a topic: its own configuration over the broker's over the defaults. */
export function topicSettings(image: MetadataImage, topic: string, layers: ServerConfigLayers): TopicSettings {
  const server = layeredServerConfig(layers);
  const config = resolveTopicConfig(image.config({ type: 'TOPIC', name: topic }), server);
  return {
    log: logConfig(config, server),
    minInsyncReplicas: config.number('min.insync.replicas'),
    messageBytesMax: config.number('max.message.bytes'),
    timestampBeforeMaxMs: config.number('message.timestamp.before.max.ms'),
    timestampAfterMaxMs: config.number('message.timestamp.after.max.ms'),
    flushMessages: config.number('flush.messages'),
    flushMs: config.number('flush.ms'),
  };
}

function logConfig(config: TopicConfig, server: ServerConfig): LogConfig {
  const isDeleted = config.list('cleanup.policy').includes('delete');
  return {
    segmentBytes: config.number('segment.bytes'),
    segmentMs: config.number('segment.ms'),
    segmentJitterMs: 0,
    segmentIndexBytes: config.number('segment.index.bytes'),
    indexIntervalBytes: config.number('index.interval.bytes'),
    timestampType: config.string('message.timestamp.type') === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    retentionMs: isDeleted ? unlessUnlimited(config.number('retention.ms')) : undefined,
    retentionBytes: isDeleted ? unlessUnlimited(config.number('retention.bytes')) : undefined,
    producerIdExpirationMs: server.number('producer.id.expiration.ms'),
  };
}

function unlessUnlimited(value: number): number | undefined {
  return value < 0 ? undefined : value;
}
