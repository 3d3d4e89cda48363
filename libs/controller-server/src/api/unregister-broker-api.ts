import { unregisterBrokerRpc } from '@milena/cluster-protocol';
import { unregisterBroker, type UnregisterBrokerRequest, type UnregisterBrokerResponse } from '@milena/controller';
import type { ControllerApi } from './controller-api';

/** UnregisterBroker. */
export const unregisterBrokerApi: ControllerApi<UnregisterBrokerRequest, UnregisterBrokerResponse> = {
  rpc: unregisterBrokerRpc,
  async handle(controller, request, { trace }) {
    const { defaults, options } = controller;
    const voterIds = options.metadataLog.describe().voters.map(({ id }) => id);
    const result = await controller.submit((image) => unregisterBroker(image, request, { defaults, voterIds }), {
      operation: 'unregister broker',
      timeoutMs: request.timeoutMs,
      ...(trace === undefined ? {} : { trace }),
    });
    const { logger } = controller.options.platform;
    if (result.ok && result.value.result.ok) logger.info('unregistered a broker', { broker: request.brokerId });
    return result;
  },
};
