import type { Api } from './api';
import { apiVersions } from './apis/api-versions';
import { createTopics } from './apis/create-topics';
import { deleteTopics } from './apis/delete-topics';
import { describeCluster } from './apis/describe-cluster';
import { describeTopicPartitions } from './apis/describe-topic-partitions';
import { fetch } from './apis/fetch';
import { initProducerId } from './apis/init-producer-id';
import { listOffsets } from './apis/list-offsets';
import { metadata } from './apis/metadata';
import { offsetForLeaderEpoch } from './apis/offset-for-leader-epoch';
import { produce } from './apis/produce';

/** Every API with a schema, by key. */
export const KAFKA_APIS: readonly Api[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  apiVersions,
  createTopics,
  deleteTopics,
  initProducerId,
  offsetForLeaderEpoch,
  describeCluster,
  describeTopicPartitions,
];
