import { updateFeaturesRpc } from '@milena/cluster-protocol';
import { updateFeatures, type UpdateFeaturesRequest, type UpdateFeaturesResponse } from '@milena/controller';
import type { ControllerApi } from './controller-api';

/** UpdateFeatures. */
export const updateFeaturesApi: ControllerApi<UpdateFeaturesRequest, UpdateFeaturesResponse> = {
  rpc: updateFeaturesRpc,
  async handle(controller, request, { trace }) {
    const { defaults, options } = controller;
    const voterIds = options.metadataLog.describe().voters.map(({ id }) => id);
    const result = await controller.submit((image) => updateFeatures(image, request, { defaults, voterIds }), {
      operation: 'update features',
      timeoutMs: request.timeoutMs,
      ...(trace === undefined ? {} : { trace }),
    });
    const { logger } = options.platform;
    if (result.ok && result.value.result.ok && !request.validateOnly) {
      for (const { name, level } of request.updates) logger.info('changed a feature', { feature: name, level });
    }
    return result;
  },
};
