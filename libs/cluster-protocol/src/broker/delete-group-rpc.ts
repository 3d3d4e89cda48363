import { BrokerDeleteGroupRequestSchema, BrokerDeleteGroupResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import type { BrokerGroupRequest } from './describe-group-rpc';

/** The group is gone. */
export type BrokerDeleteGroupResponse = Readonly<Record<string, never>>;

/** Deletes a group without members; fails with NON_EMPTY_GROUP or GROUP_ID_NOT_FOUND. */
export const deleteGroupRpc = defineRpc(
  'broker.v1.BrokerAdminService/DeleteGroup',
  {
    schema: BrokerDeleteGroupRequestSchema,
    toWire: ({ groupId }: BrokerGroupRequest) => ({ groupId }),
    fromWire: ({ groupId }): BrokerGroupRequest => ({ groupId }),
  },
  {
    schema: BrokerDeleteGroupResponseSchema,
    toWire: (_response: BrokerDeleteGroupResponse) => ({}),
    fromWire: (): BrokerDeleteGroupResponse => ({}),
  },
);
