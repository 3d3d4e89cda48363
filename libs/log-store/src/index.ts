export { DEFAULT_LOG_CONFIG, type LogConfig } from './log-config';
export type {
  EpochEnd,
  LogAppend,
  LogRead,
  LogReadResult,
  LogRecovery,
  PartitionLog,
  PartitionLogOptions,
  TimestampedOffset,
} from './partition-log';
export { openPartitionLog } from './open-partition-log';
export type { CheckedEnd, RecoveryRules } from './recovery-rules';
export { type LogDirectory, type LogDirectoryOptions } from './log-directory';
export { openLogDirectory } from './open-log-directory';
export { replaceFile } from './small-file';
