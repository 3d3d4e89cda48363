export {
  BATCH_HEADER_BYTES,
  readBatchExtent,
  readBatchHeader,
  type BatchExtent,
  type BatchHeader,
  type Compression,
  type TimestampType,
} from './batch-header';
export { verifyCrc } from './batch-crc';
export { batchesOf, type BatchView } from './batches-of';
export { stampBatch, stampLogAppendTime, type BatchStamp } from './stamp-batch';
export { encodeBatch, type NewBatch, type NewRecord, type RecordHeader } from './encode-batch';
export { CompressedBatch, decodeRecords, type LogRecord, type LogRecordHeader } from './decode-records';
export { validateProducedBatches, type ProduceLimits } from './validate-produced-batches';
export {
  decodeControlRecord,
  encodeControlBatch,
  encodeControlRecord,
  type ControlRecord,
  type UnknownControlRecord,
} from './control-records/control-record';
export type { LeaderChange } from './control-records/leader-change';
export type { KRaftVersion } from './control-records/kraft-version';
export type { VoterEndpoint, VoterEntry, Voters } from './control-records/voters';
export type { SnapshotHeader } from './control-records/snapshot-header';
export type { SnapshotFooter } from './control-records/snapshot-footer';
