export { DEFAULT_LOG_CONFIG, type LogConfig } from './log-config';
export type {
  EpochEnd,
  LogAppend,
  LogRead,
  LogReadResult,
  PartitionLog,
  PartitionLogOptions,
  TimestampedOffset,
} from './partition-log';
