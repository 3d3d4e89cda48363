export {
  defineApi,
  type Api,
  type ApiDefinition,
  type RequestInputOf,
  type RequestOf,
  type ResponseInputOf,
  type ResponseOf,
} from './api';
export type { Field, Fields, Message, MessageInput } from './field';
export { frameLength, joinFrame, type Frame } from './frame';
export { readRequestHeader, type RequestHeader } from './request-header';
export { includesVersion, type VersionRange } from './version-range';
export { KAFKA_APIS } from './kafka-apis';
export { apiVersions } from './apis/api-versions';
export { createTopics } from './apis/create-topics';
export { deleteTopics } from './apis/delete-topics';
export { describeCluster } from './apis/describe-cluster';
export { describeTopicPartitions } from './apis/describe-topic-partitions';
export { fetch } from './apis/fetch';
export { initProducerId } from './apis/init-producer-id';
export { listOffsets } from './apis/list-offsets';
export { metadata, NO_AUTHORIZED_OPERATIONS } from './apis/metadata';
export { offsetForLeaderEpoch } from './apis/offset-for-leader-epoch';
export { produce } from './apis/produce';
