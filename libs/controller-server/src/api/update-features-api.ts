import { updateFeaturesRpc } from '@milena/cluster-protocol';
import {
  KRAFT_VERSION_FEATURE,
  updateFeatures,
  type UpdateFeaturesContext,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
} from '@milena/controller';
import { failure, NO_OFFSET, success, type Result } from '@milena/model';
import type { QuorumController } from '../quorum-controller';
import type { ControllerApi } from './controller-api';

/** UpdateFeatures. */
export const updateFeaturesApi: ControllerApi<UpdateFeaturesRequest, UpdateFeaturesResponse> = {
  rpc: updateFeaturesRpc,
  async handle(controller, request, { trace }) {
    const { defaults, options } = controller;
    const voterIds = options.metadataLog.describe().voters.map(({ id }) => id);
    const context: UpdateFeaturesContext = { defaults, voterIds };
    // In one go with the decision below: nobody can come between the quorum's record and its copy.
    const upgraded = raiseKraftVersion(controller, request, context);
    if (!upgraded.ok) return refusedUpgrade(upgraded);
    const result = await controller.submit((image) => updateFeatures(image, request, context), {
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

/** The quorum raises its kraft.version when that is asked and nothing speaks against the request as a whole. */
function raiseKraftVersion(
  { epoch, latestImage, options }: QuorumController,
  request: UpdateFeaturesRequest,
  context: UpdateFeaturesContext,
): Result<void> {
  const wanted = request.updates.find(({ name }) => name === KRAFT_VERSION_FEATURE);
  if (wanted === undefined || epoch === undefined) return success(undefined);
  const checked = updateFeatures(latestImage, { ...request, validateOnly: true }, context).respond(undefined).result;
  if (!checked.ok) return success(undefined);
  const { validateOnly } = request;
  return options.metadataLog.upgradeKraftVersion({ epoch, version: wanted.level, validateOnly });
}

/** What is worth another try is the failure of the call, as elsewhere. */
function refusedUpgrade({ error }: Extract<Result<void>, { readonly ok: false }>): Result<UpdateFeaturesResponse> {
  const { code, message } = error;
  if (code === 'NOT_CONTROLLER' || code === 'REQUEST_TIMED_OUT') return { ok: false, error };
  const result = failure(code, `feature ${KRAFT_VERSION_FEATURE} cannot be raised: ${message}`);
  return success({ result, metadataOffset: NO_OFFSET });
}
