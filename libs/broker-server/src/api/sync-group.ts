import { syncGroup } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';

/** SyncGroup: answered when the leader has brought the assignments. */
export const syncGroupApi: ApiHandler<typeof syncGroup> = {
  api: syncGroup,
  async handle({ groupInstanceId, protocolType, protocolName, assignments, ...request }, { broker }) {
    const synced = await broker.groups.syncGroup({
      ...request,
      ...(groupInstanceId === null ? {} : { groupInstanceId }),
      ...(protocolType === null ? {} : { protocolType }),
      ...(protocolName === null ? {} : { protocolName }),
      // Copies: assignments are kept, the request's bytes are not.
      assignments: assignments.map(({ memberId, assignment }) => ({ memberId, assignment: Buffer.from(assignment) })),
    });
    return {
      errorCode: errorCode(synced.error),
      protocolType: synced.protocolType ?? null,
      protocolName: synced.protocolName ?? null,
      assignment: synced.assignment,
    };
  },
};
