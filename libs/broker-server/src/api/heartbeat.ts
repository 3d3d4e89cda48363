import { heartbeat } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';

/** Heartbeat: keeps a member in its group, and tells it when to join again. */
export const heartbeatApi: ApiHandler<typeof heartbeat> = {
  api: heartbeat,
  async handle({ groupInstanceId, ...request }, { broker }) {
    const { error } = await broker.groups.heartbeat({
      ...request,
      ...(groupInstanceId === null ? {} : { groupInstanceId }),
    });
    return { errorCode: errorCode(error) };
  },
};
