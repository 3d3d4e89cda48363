import {
  BrokerDescribeGroupRequestSchema,
  BrokerDescribeGroupResponseSchema,
  type WireGroupMember,
} from '@milena/proto';
import { defineRpc } from '../rpc';

/** A group by its id. */
export interface BrokerGroupRequest {
  readonly groupId: string;
}

/** A member of a group; metadata and assignment are what the clients said among themselves. */
export interface BrokerGroupMember {
  readonly memberId: string;
  readonly groupInstanceId?: string;
  readonly clientId: string;
  readonly clientHost: string;
  readonly metadata: Uint8Array;
  readonly assignment: Uint8Array;
}

/** A group as its coordinator sees it. */
export interface BrokerDescribeGroupResponse {
  /** Kafka's name of the state. */
  readonly state: string;
  readonly protocolType: string;
  readonly protocolName: string;
  readonly members: readonly BrokerGroupMember[];
}

/** Describes a group; fails with GROUP_ID_NOT_FOUND when nobody knows it. */
export const describeGroupRpc = defineRpc(
  'broker.v1.BrokerAdminService/DescribeGroup',
  {
    schema: BrokerDescribeGroupRequestSchema,
    toWire: ({ groupId }: BrokerGroupRequest) => ({ groupId }),
    fromWire: ({ groupId }): BrokerGroupRequest => ({ groupId }),
  },
  {
    schema: BrokerDescribeGroupResponseSchema,
    toWire: ({ state, protocolType, protocolName, members }: BrokerDescribeGroupResponse) => ({
      state,
      protocolType,
      protocolName,
      members: members.map((member) => ({ ...member })),
    }),
    fromWire: ({ state, protocolType, protocolName, members }): BrokerDescribeGroupResponse => ({
      state,
      protocolType,
      protocolName,
      members: members.map(memberFromWire),
    }),
  },
);

function memberFromWire(message: WireGroupMember): BrokerGroupMember {
  const { memberId, groupInstanceId, clientId, clientHost, metadata, assignment } = message;
  const instance = groupInstanceId === undefined ? {} : { groupInstanceId };
  return { memberId, ...instance, clientId, clientHost, metadata, assignment };
}
