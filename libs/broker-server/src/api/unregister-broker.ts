import { unregisterBrokerRpc } from '@milena/cluster-protocol';
import { unregisterBroker } from '@milena/kafka-protocol';
import type { ApiHandler } from './api-handler';
import { changeMetadata } from './controller-call';
import { errorFields } from './error-fields';

/** The request has no timeout of its own; this is Kafka's default for requests. */
const TIMEOUT_MS = 30_000;

/** UnregisterBroker: decided by the active controller; answered when the broker is gone from this broker's own image. */
export const unregisterBrokerApi: ApiHandler<typeof unregisterBroker> = {
  api: unregisterBroker,
  async handle({ brokerId }, context) {
    const { principal } = context.connection;
    const answer = await changeMetadata(context, unregisterBrokerRpc, { principal, brokerId, timeoutMs: TIMEOUT_MS });
    return { throttleTimeMs: 0, ...errorFields(answer.ok ? answer.value.result : answer) };
  },
};
