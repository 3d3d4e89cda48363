import { deleteGroups } from '@milena/kafka-protocol';
import { errorCode, errorInfo } from '@milena/model';
import type { ApiHandler } from './api-handler';

/** DeleteGroups: forgets groups that have no members, with all they have committed. */
export const deleteGroupsApi: ApiHandler<typeof deleteGroups> = {
  api: deleteGroups,
  async handle({ groupsNames }, { broker }) {
    const deleted = await broker.groups.deleteGroups([...new Set(groupsNames)]);
    return {
      throttleTimeMs: 0,
      results: deleted.map(({ groupId, error }) => ({
        groupId,
        errorCode: errorCode(error),
        errorMessage: error === 'NONE' ? null : errorInfo(error).text,
      })),
    };
  },
};
