export {
  errorCode,
  errorInfo,
  errorName,
  isErrorName,
  type ErrorInfo,
  type ErrorName,
  type GrpcStatusName,
} from './error-code';
export { failure, success, type Failure, type FailureDetails, type FieldViolation, type Result } from './result';
export { invariant, InvariantViolation, unreachable } from './invariant';
export {
  addOffset,
  isSafeLong,
  LONG_MAX_TEXT,
  maxOffset,
  minOffset,
  NO_EPOCH,
  NO_NODE,
  NO_OFFSET,
  NO_PRODUCER_ID,
  NO_TIMESTAMP,
  offset,
  producerId,
  timestampMs,
  ZERO_OFFSET,
  type Offset,
  type ProducerId,
  type TimestampMs,
} from './numbers';
export { isUuid, METADATA_TOPIC_ID, randomUuid, uuidFromBytes, uuidToBytes, ZERO_UUID, type Uuid } from './uuid';
export { METADATA_PARTITION, parseTopicPartition, topicPartitionName, type TopicPartition } from './topic-partition';
export { compareLogEnds, type OffsetAndEpoch } from './offset-and-epoch';
export { endpointText, parseEndpoint, parseReachableEndpoint, type Endpoint } from './endpoint';
