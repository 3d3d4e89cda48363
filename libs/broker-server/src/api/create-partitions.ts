import { createPartitionsRpc } from '@milena/cluster-protocol';
import { MAX_NEW_PARTITIONS } from '@milena/controller';
import { createPartitions, type ResponseInputOf } from '@milena/kafka-protocol';
import { errorCode, failure, type Result } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { changeMetadata } from './controller-call';

type TopicResponse = ResponseInputOf<typeof createPartitions>['results'][number];

/** CreatePartitions: decided by the active controller; the answer comes when this broker's own image has the partitions. */
export const createPartitionsApi: ApiHandler<typeof createPartitions> = {
  api: createPartitions,
  async handle({ topics, validateOnly, timeoutMs }, context) {
    const all = (result: Result<null>) => topics.map(({ name }) => topicResponse(name, result));
    if (topics.length > MAX_NEW_PARTITIONS) {
      const refused = failure('POLICY_VIOLATION', `more than ${MAX_NEW_PARTITIONS} topics in one request`);
      return { throttleTimeMs: 0, results: all(refused) };
    }
    const { principal } = context.connection;
    const wanted = topics.map(({ name, count, assignments }) => ({
      name,
      count,
      assignments: assignments?.map(({ brokerIds }) => brokerIds),
    }));
    const answer = await changeMetadata(context, createPartitionsRpc, {
      principal,
      topics: wanted,
      validateOnly,
      timeoutMs,
    });
    const results = answer.ok
      ? answer.value.topics.map(({ name, result }) => topicResponse(name, result))
      : all(answer);
    return { throttleTimeMs: 0, results };
  },
};

function topicResponse(name: string, result: Result<null>): TopicResponse {
  if (result.ok) return { name, errorCode: 0 };
  return { name, errorCode: errorCode(result.error.code), errorMessage: result.error.message };
}
