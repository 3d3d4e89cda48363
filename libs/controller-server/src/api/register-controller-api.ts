import { registerControllerRpc } from '@milena/cluster-protocol';
import { registerController, type RegisterControllerRequest } from '@milena/controller';
import type { Result } from '@milena/model';
import type { ControllerApi } from './controller-api';

/** RegisterController. */
export const registerControllerApi: ControllerApi<RegisterControllerRequest, Result<null>> = {
  rpc: registerControllerRpc,
  async handle(controller, request, { trace }) {
    const { config, platform } = controller.options;
    const result = await controller.submit((image) => registerController(image, request, config), {
      operation: 'register controller',
      ...(trace === undefined ? {} : { trace }),
    });
    const { controllerId, incarnationId } = request;
    if (result.ok && result.value.ok) platform.logger.info('registered a controller', { controllerId, incarnationId });
    return result;
  },
};
