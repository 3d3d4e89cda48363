import { syncGroup } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';

/** SyncGroup: answered when the leader has brought the assignments. */
export const syncGroupApi: ApiHandler<typeof syncGroup> = {
  api: syncGroup,
  async handle({ groupInstanceId, protocolType, protocolName, ...request }, { broker }) {
    const synced = await broker.groups.syncGroup({
      ...request,
      ...(groupInstanceId === null ? {} : { groupInstanceId }),
      ...(protocolType === null ? {} : { protocolType }),
      ...(protocolName === null ? {} : { protocolName }),
    });
    return {
      errorCode: errorCode(synced.error),
      protocolType: synced.protocolType ?? null,
      protocolName: synced.protocolName ?? null,
      assignment: synced.assignment,
    };
  },
};
