import type { Offset, TopicPartition, Uuid } from '@milena/model';
import type { PartitionLog } from '@milena/log-store';
import type { Clock } from '@milena/platform';
import type { PartitionEvents } from './partition-events';
import type { TopicSettings } from './topic-settings';

/** What a partition is made from. */
export interface PartitionOptions {
  readonly nodeId: number;
  readonly topicPartition: TopicPartition;
  readonly topicId: Uuid;
  readonly log: PartitionLog;
  /** From the high watermark checkpoint; 0 when unknown. */
  readonly highWatermark: Offset;
  readonly settings: TopicSettings;
  readonly lagTimeMaxMs: number;
  readonly isEligible: (brokerId: number, brokerEpoch: number) => boolean;
  readonly clock: Clock;
  readonly events: PartitionEvents;
}
