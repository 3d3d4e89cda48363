import type { ApiHandler } from './api-handler';
import { apiVersionsApi } from './api-versions';
import { createTopicsApi } from './create-topics';
import { deleteTopicsApi } from './delete-topics';
import { describeClusterApi } from './describe-cluster';
import { describeTopicPartitionsApi } from './describe-topic-partitions';
import { fetchApi } from './fetch';
import { initProducerIdApi } from './init-producer-id';
import { listOffsetsApi } from './list-offsets';
import { metadataApi } from './metadata';
import { offsetForLeaderEpochApi } from './offset-for-leader-epoch';
import { produceApi } from './produce';

/** Every API a broker serves; ApiVersions advertises exactly these. */
export const API_HANDLERS: readonly ApiHandler[] = [
  produceApi,
  fetchApi,
  listOffsetsApi,
  metadataApi,
  apiVersionsApi,
  createTopicsApi,
  deleteTopicsApi,
  initProducerIdApi,
  offsetForLeaderEpochApi,
  describeClusterApi,
  describeTopicPartitionsApi,
];
