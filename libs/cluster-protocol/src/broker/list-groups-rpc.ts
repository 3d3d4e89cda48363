import { errorCode, errorName, type ErrorName } from '@milena/model';
import { BrokerListGroupsRequestSchema, BrokerListGroupsResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import { naturalFromWire } from '../wire-values';

/** Asks a broker for groups it coordinates. */
export interface BrokerListGroupsRequest {
  /** Goes on behind this id in byte order; empty at the beginning. */
  readonly after: string;
  readonly limit: number;
  /** Kafka's names of states; empty for all. */
  readonly states: readonly string[];
}

/** A group in a list. */
export interface BrokerListedGroup {
  readonly groupId: string;
  readonly protocolType: string;
  /** Kafka's name of the state. */
  readonly state: string;
}

/** Groups of one broker, by id. */
export interface BrokerListGroupsResponse {
  /** COORDINATOR_LOAD_IN_PROGRESS while groups are still being read, which are missing then. */
  readonly error: ErrorName;
  readonly groups: readonly BrokerListedGroup[];
}

/** Lists groups that a broker coordinates. */
export const listGroupsRpc = defineRpc(
  'broker.v1.BrokerAdminService/ListGroups',
  {
    schema: BrokerListGroupsRequestSchema,
    toWire: ({ after, limit, states }: BrokerListGroupsRequest) => ({ after, limit, states: [...states] }),
    fromWire: ({ after, limit, states }): BrokerListGroupsRequest => ({
      after,
      limit: naturalFromWire(limit, 'limit'),
      states,
    }),
  },
  {
    schema: BrokerListGroupsResponseSchema,
    toWire: ({ error, groups }: BrokerListGroupsResponse) => ({
      errorCode: errorCode(error),
      groups: groups.map(({ groupId, protocolType, state }) => ({ groupId, protocolType, state })),
    }),
    fromWire: (message): BrokerListGroupsResponse => ({
      error: errorName(message.errorCode),
      groups: message.groups.map(({ groupId, protocolType, state }) => ({ groupId, protocolType, state })),
    }),
  },
);
