import type { Offset } from '@milena/model';
import type { LeaderEpochCache, ProducerState } from '@milena/replication';
import type { LogConfig } from './log-config';
import type { LogFlusher } from './log-flusher';
import type { LogRecovery, PartitionLogOptions } from './partition-log';
import type { PartitionMetadata } from './partition-metadata';
import type { ProducerSnapshots } from './producer-snapshots';
import type { SegmentList } from './segment-list';

/** Everything an open log is made of, shared by the files that implement its operations. */
export interface LogState {
  readonly options: PartitionLogOptions;
  readonly segments: SegmentList;
  readonly epochs: LeaderEpochCache;
  readonly producers: ProducerState;
  readonly snapshots: ProducerSnapshots;
  readonly metadata: PartitionMetadata;
  readonly flusher: LogFlusher;
  readonly recovery: LogRecovery;
  config: LogConfig;
  logStartOffset: Offset;
  logEndOffset: Offset;
}
