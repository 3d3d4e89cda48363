import { alterConfigsRpc } from '@milena/cluster-protocol';
import { alterConfigs, type AlterConfigsRequest, type AlterConfigsResponse } from '@milena/controller';
import type { ControllerApi } from './controller-api';
import { logAlteredConfigs } from './log-altered-configs';

/** AlterConfigs. */
export const alterConfigsApi: ControllerApi<AlterConfigsRequest, AlterConfigsResponse> = {
  rpc: alterConfigsRpc,
  async handle(controller, request, { trace }) {
    const { defaults, options } = controller;
    const context = { defaults, server: options.config.server };
    const result = await controller.submit((image) => alterConfigs(image, request, context), {
      operation: 'alter configs',
      timeoutMs: request.timeoutMs,
      ...(trace === undefined ? {} : { trace }),
    });
    if (result.ok && !request.validateOnly) logAlteredConfigs(options.platform.logger, result.value);
    return result;
  },
};
