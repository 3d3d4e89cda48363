import { listGroups } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';

/** ListGroups: the groups this broker coordinates; a client asks every broker. */
export const listGroupsApi: ApiHandler<typeof listGroups> = {
  api: listGroups,
  async handle({ statesFilter, typesFilter }, { broker }) {
    const { error, groups } = await broker.groups.listGroups({ states: statesFilter, types: typesFilter });
    return {
      errorCode: errorCode(error),
      groups: groups.map(({ groupId, protocolType, state, type }) => ({
        groupId,
        protocolType,
        groupState: state,
        groupType: type,
      })),
    };
  },
};
