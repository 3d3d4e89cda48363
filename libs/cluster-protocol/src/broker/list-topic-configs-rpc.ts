import { BrokerListTopicConfigsRequestSchema, BrokerListTopicConfigsResponseSchema } from '@milena/proto';
import type { Offset } from '@milena/model';
import { defineRpc } from '../rpc';
import { offsetFromWire } from '../wire-values';

/** Asks a broker for the configuration of a topic. */
export interface BrokerListTopicConfigsRequest {
  readonly topic: string;
  /** The broker must have applied everything before this offset of the metadata log, 0 for nothing. */
  readonly metadataEnd: Offset;
}

/** A key with the value in force at a broker. */
export interface BrokerTopicConfig {
  readonly key: string;
  /** Undefined for none. */
  readonly value: string | undefined;
  /** Kafka's number of the config source: 1 topic, 2 broker, 3 cluster default, 4 static, 5 default. */
  readonly source: number;
}

/** Every key of a topic. */
export interface BrokerListTopicConfigsResponse {
  readonly configs: readonly BrokerTopicConfig[];
}

/** Lists the configuration of a topic; fails with UNKNOWN_TOPIC_OR_PARTITION when the broker does not know it. */
export const listTopicConfigsRpc = defineRpc(
  'broker.v1.BrokerAdminService/ListTopicConfigs',
  {
    schema: BrokerListTopicConfigsRequestSchema,
    toWire: ({ topic, metadataEnd }: BrokerListTopicConfigsRequest) => ({ topic, metadataEnd: BigInt(metadataEnd) }),
    fromWire: ({ topic, metadataEnd }): BrokerListTopicConfigsRequest => ({
      topic,
      metadataEnd: offsetFromWire(metadataEnd),
    }),
  },
  {
    schema: BrokerListTopicConfigsResponseSchema,
    toWire: ({ configs }: BrokerListTopicConfigsResponse) => ({
      configs: configs.map(({ key, value, source }) => ({ key, ...(value === undefined ? {} : { value }), source })),
    }),
    fromWire: ({ configs }): BrokerListTopicConfigsResponse => ({
      configs: configs.map(({ key, value, source }) => ({ key, value, source })),
    }),
  },
);
