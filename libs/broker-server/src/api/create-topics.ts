import { createTopicsRpc } from '@milena/cluster-protocol';
import { MAX_NEW_PARTITIONS, type CreatedTopic } from '@milena/controller';
import { createTopics, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import { isInternalTopic } from '@milena/metadata';
import { errorCode, ZERO_UUID, type Failure } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { changeMetadata } from './controller-call';

type RequestedTopic = RequestOf<typeof createTopics>['topics'][number];
type TopicResponse = ResponseInputOf<typeof createTopics>['topics'][number];

const INTERNAL: Failure = {
  code: 'INVALID_REQUEST',
  message: 'internal topics are created by brokers when they need them',
};

/** CreateTopics: decided by the active controller; the answer comes when this broker's own image has the topics. */
export const createTopicsApi: ApiHandler<typeof createTopics> = {
  api: createTopics,
  async handle({ topics, validateOnly, timeoutMs }, context) {
    if (topics.length > MAX_NEW_PARTITIONS) {
      const message = `${topics.length} topics in one request are more than ${MAX_NEW_PARTITIONS}`;
      const error = { code: 'POLICY_VIOLATION', message } as const;
      return { topics: topics.map(({ name }) => refused(name, error)) };
    }
    const { principal } = context.connection;
    const internal = topics.filter(({ name }) => isInternalTopic(name)).map(({ name }) => refused(name, INTERNAL));
    const wanted = topics.filter(({ name }) => !isInternalTopic(name)).map(creatable);
    if (wanted.length === 0) return { topics: internal };
    const request = { principal, topics: wanted, validateOnly, timeoutMs };
    const answer = await changeMetadata(context, createTopicsRpc, request);
    if (!answer.ok) return { topics: topics.map(({ name }) => refused(name, answer.error)) };
    const outcomes = answer.value.topics.map(({ name, result }) =>
      result.ok ? created(name, result.value) : refused(name, result.error),
    );
    return { topics: [...internal, ...outcomes] };
  },
};

function creatable({ name, numPartitions, replicationFactor, assignments, configs }: RequestedTopic) {
  return {
    name,
    partitions: numPartitions,
    replicationFactor,
    assignments: assignments.map(({ partitionIndex, brokerIds }) => ({
      partition: partitionIndex,
      brokerIds,
    })),
    configs: configs.map((config) => ({ name: config.name, value: config.value ?? undefined })),
  };
}

function created(name: string, topic: CreatedTopic): TopicResponse {
  return {
    name,
    topicId: topic.topicId ?? ZERO_UUID,
    errorCode: 0,
    errorMessage: null,
    numPartitions: topic.partitions,
    replicationFactor: topic.replicationFactor,
    configs: topic.configs.map((line) => ({
      name: line.name,
      value: line.value ?? null,
      readOnly: line.readOnly,
      configSource: line.source,
      isSensitive: line.sensitive,
    })),
  };
}

function refused(name: string, { code, message }: Failure): TopicResponse {
  return { name, errorCode: errorCode(code), errorMessage: message, configs: [] };
}
