import type { DeleteTopicsRequest, DeleteTopicsResponse, TopicReference } from '@milena/controller';
import { type Offset } from '@milena/model';
import { DeleteTopicsRequestSchema, DeleteTopicsResponseSchema } from '@milena/proto';
import { naturalFromWire, offsetOrNoneFromWire, uuidFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** Deletes topics by name or id. */
export const deleteTopicsRpc = defineRpc(
  'controller.v1.ControllerService/DeleteTopics',
  {
    schema: DeleteTopicsRequestSchema,
    toWire: ({ principal, topics, timeoutMs }: DeleteTopicsRequest) => ({
      principal,
      topics: topics.map(referenceToWire),
      timeoutMs,
    }),
    fromWire: (message): DeleteTopicsRequest => ({
      principal: message.principal,
      topics: message.topics.map(referenceFromWire),
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  {
    schema: DeleteTopicsResponseSchema,
    toWire: ({ topics, metadataOffset }: DeleteTopicsResponse) => ({
      topics: topics.map((topic) => ({ ...referenceToWire(topic), ...outcomeToWire(topic.result) })),
      metadataOffset: BigInt(metadataOffset),
    }),
    fromWire: (message): DeleteTopicsResponse => ({
      topics: message.topics.map((topic) => ({
        ...referenceFromWire(topic),
        result: outcomeFromWire(topic, () => null),
      })),
      metadataOffset: offsetOrNoneFromWire(message.metadataOffset) as Offset,
    }),
  },
);

function referenceToWire({ name, topicId }: TopicReference) {
  return { name: name ?? '', topicId: topicId ?? '' };
}

function referenceFromWire({ name, topicId }: { readonly name: string; readonly topicId: string }): TopicReference {
  return {
    ...(name === '' ? {} : { name }),
    ...(topicId === '' ? {} : { topicId: uuidFromWire(topicId) }),
  };
}
