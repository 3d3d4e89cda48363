export type { Clock } from './clock';
export { DeadlineTimer, type DeadlineTimerOptions } from './deadline-timer';
export type { Timer, Timers } from './timers';
export type { Random } from './random';
export { DiskError, type Disk, type DiskFile, type DiskLock, type SyncOptions } from './disk';
export {
  MAX_RANGE_ENTRIES,
  StateStoreError,
  type StateChange,
  type StateEntry,
  type StateRange,
  type StateStore,
  type StateStoreErrorCode,
  type StateStores,
} from './state-store';
export type {
  CallContext,
  CallOptions,
  Channel,
  ChannelFailure,
  ChannelFailureReason,
  ChannelStream,
  Connector,
  ServiceHost,
  StreamAcceptor,
  StreamHandlers,
  UnaryHandler,
  UnaryOutcome,
} from './channel';
export { silentLogger, type Logger } from './logger';
export { noTracer, type Span, type SpanOptions, type TraceContext, type Tracer } from './tracer';
export {
  noMeter,
  type Counter,
  type Distribution,
  type Meter,
  type MetricLabels,
  type MetricSample,
  type ReadMetric,
} from './meter';
export type { Platform } from './platform';
export { BoundedQueue } from './bounded-queue';
