import { incrementalAlterConfigsRpc } from '@milena/cluster-protocol';
import {
  incrementalAlterConfigs,
  type IncrementalAlterConfigsRequest,
  type AlterConfigsResponse,
} from '@milena/controller';
import type { ControllerApi } from './controller-api';
import { logAlteredConfigs } from './log-altered-configs';

/** IncrementalAlterConfigs. */
export const incrementalAlterConfigsApi: ControllerApi<IncrementalAlterConfigsRequest, AlterConfigsResponse> = {
  rpc: incrementalAlterConfigsRpc,
  async handle(controller, request, { trace }) {
    const { defaults, options } = controller;
    const context = { defaults, server: options.config.server };
    const result = await controller.submit((image) => incrementalAlterConfigs(image, request, context), {
      operation: 'alter configs incrementally',
      timeoutMs: request.timeoutMs,
      ...(trace === undefined ? {} : { trace }),
    });
    if (result.ok && !request.validateOnly) logAlteredConfigs(options.platform.logger, result.value);
    return result;
  },
};
