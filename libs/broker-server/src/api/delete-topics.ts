import { deleteTopicsRpc } from '@milena/cluster-protocol';
import type { DeletedTopic, TopicReference } from '@milena/controller';
import { deleteTopics, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import { errorCode, ZERO_UUID } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { changeMetadata } from './controller-call';

type TopicResponse = ResponseInputOf<typeof deleteTopics>['responses'][number];

/** DeleteTopics: decided by the active controller; the answer comes when the topics are gone from this broker's image. */
export const deleteTopicsApi: ApiHandler<typeof deleteTopics> = {
  api: deleteTopics,
  async handle(request, context) {
    const topics = references(request, context.apiVersion);
    const { principal } = context.connection;
    const { timeoutMs } = request;
    const answer = await changeMetadata(context, deleteTopicsRpc, { principal, topics, timeoutMs });
    const outcomes = answer.ok ? answer.value.topics : topics.map((topic) => ({ ...topic, result: answer }));
    return { responses: outcomes.map((outcome) => topicResponse(outcome, context.apiVersion)) };
  },
};

/** Version 6 names topics by name or by id, earlier ones by name. */
function references(request: RequestOf<typeof deleteTopics>, version: number): readonly TopicReference[] {
  if (version < 6) return request.topicNames.map((name) => ({ name }));
  return request.topics.map(({ name, topicId }) => ({
    ...(name === null ? {} : { name }),
    ...(topicId === ZERO_UUID ? {} : { topicId }),
  }));
}

function topicResponse({ name, topicId, result }: DeletedTopic, version: number): TopicResponse {
  return {
    name: name ?? (version < 6 ? '' : null),
    topicId: topicId ?? ZERO_UUID,
    errorCode: result.ok ? 0 : errorCode(result.error.code),
    errorMessage: result.ok ? null : result.error.message,
  };
}
