import type { TimestampType } from '@milena/record-batch';

/**
 * The part of a topic's configuration that its logs obey; names follow Kafka's keys. `retentionMs` and `retentionBytes`
 * are undefined for no limit.
 */
export interface LogConfig {
  /** `segment.bytes`: a segment is rolled before it would grow beyond this. */
  readonly segmentBytes: number;
  /** `segment.ms`: a segment is rolled this long after its first record, by record timestamps. */
  readonly segmentMs: number;
  /** Subtracted from `segmentMs`; drawn once per log from `segment.jitter.ms` so that logs do not roll together. */
  readonly segmentJitterMs: number;
  /** `segment.index.bytes`: size to which both indexes of the active segment are preallocated. */
  readonly segmentIndexBytes: number;
  /** `index.interval.bytes`: at least this much log lies between two index entries. */
  readonly indexIntervalBytes: number;
  /** `message.timestamp.type`: with LogAppendTime the leader stamps each batch. */
  readonly timestampType: TimestampType;
  /** `retention.ms`: a closed segment whose newest record is older is deleted. */
  readonly retentionMs: number | undefined;
  /** `retention.bytes`: oldest closed segments are deleted while the rest is at least this large. */
  readonly retentionBytes: number | undefined;
  /** `producer.id.expiration.ms`: an idempotent producer that is silent for longer is forgotten. */
  readonly producerIdExpirationMs: number;
}

/** Kafka's defaults. */
export const DEFAULT_LOG_CONFIG: LogConfig = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * 3_600_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  timestampType: 'CreateTime',
  retentionMs: 7 * 24 * 3_600_000,
  retentionBytes: undefined,
  producerIdExpirationMs: 24 * 3_600_000,
};
