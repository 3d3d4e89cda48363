import type { CreatableTopic, CreateTopicsRequest, CreateTopicsResponse } from '@milena/controller';
import { type Offset } from '@milena/model';
import {
  type CreatableTopic as WireTopic,
  CreateTopicsRequestSchema,
  CreateTopicsResponseSchema,
  type CreateTopicsResult,
} from '@milena/proto';
import { naturalFromWire, offsetOrNoneFromWire, uuidFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** Creates topics. */
export const createTopicsRpc = defineRpc(
  'controller.v1.ControllerService/CreateTopics',
  {
    schema: CreateTopicsRequestSchema,
    toWire: ({ principal, topics, validateOnly, timeoutMs }: CreateTopicsRequest) => ({
      principal,
      topics: topics.map(topicToWire),
      validateOnly,
      timeoutMs,
    }),
    fromWire: (message): CreateTopicsRequest => ({
      principal: message.principal,
      topics: message.topics.map(topicFromWire),
      validateOnly: message.validateOnly,
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  {
    schema: CreateTopicsResponseSchema,
    toWire: ({ topics, metadataOffset }: CreateTopicsResponse) => ({
      topics: topics.map(outcomeOfTopicToWire),
      metadataOffset: BigInt(metadataOffset),
    }),
    fromWire: (message): CreateTopicsResponse => ({
      topics: message.topics.map(outcomeOfTopicFromWire),
      metadataOffset: offsetOrNoneFromWire(message.metadataOffset) as Offset,
    }),
  },
);

type TopicOutcome = CreateTopicsResponse['topics'][number];

function topicToWire({ name, partitions, replicationFactor, assignments, configs }: CreatableTopic) {
  return {
    name,
    numPartitions: partitions,
    replicationFactor,
    assignments: assignments.map(({ partition, brokerIds }) => ({
      partitionIndex: partition,
      brokerIds: [...brokerIds],
    })),
    configs: configs.map(({ name: key, value }) => (value === undefined ? { name: key } : { name: key, value })),
  };
}

function topicFromWire({ name, numPartitions, replicationFactor, assignments, configs }: WireTopic): CreatableTopic {
  return {
    name,
    partitions: numPartitions,
    replicationFactor,
    assignments: assignments.map(({ partitionIndex, brokerIds }) => ({ partition: partitionIndex, brokerIds })),
    configs: configs.map(({ name: key, value }) => ({ name: key, value })),
  };
}

function outcomeOfTopicToWire({ name, result }: TopicOutcome) {
  const outcome = { name, ...outcomeToWire(result) };
  if (!result.ok) return { ...outcome, numPartitions: -1, replicationFactor: -1 };
  const { topicId, partitions, replicationFactor, configs } = result.value;
  return {
    ...outcome,
    topicId: topicId ?? '',
    numPartitions: partitions,
    replicationFactor,
    configs: configs.map(({ name: key, value, readOnly, source, sensitive }) => ({
      name: key,
      ...(value === undefined ? {} : { value }),
      readOnly,
      configSource: source,
      isSensitive: sensitive,
    })),
  };
}

function outcomeOfTopicFromWire(message: CreateTopicsResult): TopicOutcome {
  const result = outcomeFromWire(message, () => ({
    topicId: message.topicId === '' ? undefined : uuidFromWire(message.topicId),
    partitions: naturalFromWire(message.numPartitions, 'count of partitions'),
    replicationFactor: naturalFromWire(message.replicationFactor, 'replication factor'),
    configs: message.configs.map(({ name, value, readOnly, configSource, isSensitive }) => ({
      name,
      value,
      readOnly,
      source: configSource,
      sensitive: isSensitive,
    })),
  }));
  return { name: message.name, result };
}
