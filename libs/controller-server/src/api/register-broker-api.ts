import { registerBrokerRpc } from '@milena/cluster-protocol';
import { registerBroker, type RegisterBrokerRequest, type RegisterBrokerResponse } from '@milena/controller';
import type { Result } from '@milena/model';
import type { QuorumController } from '../quorum-controller';
import type { ControllerApi } from './controller-api';

/** RegisterBroker: the broker's session begins when its record is appended, not when it is committed. */
export const registerBrokerApi: ControllerApi<RegisterBrokerRequest, Result<RegisterBrokerResponse>> = {
  rpc: registerBrokerRpc,
  async handle(controller, request, { trace }) {
    const nowMs = controller.nowMs();
    const outcome = controller.submit(
      (image) =>
        registerBroker(image, request, {
          clusterId: controller.options.config.clusterId,
          defaults: controller.defaults,
          isAlive: (broker) => controller.sessions.isAlive(broker, nowMs),
        }),
      { operation: 'register broker', ...(trace === undefined ? {} : { trace }) },
    );
    const broker = controller.latestImage.broker(request.brokerId);
    if (controller.isActive && broker?.incarnationId === request.incarnationId) {
      controller.sessions.contact(broker, nowMs);
    }
    const result = await outcome;
    if (result.ok) logOutcome(controller, request, result.value);
    return result;
  },
};

function logOutcome(
  controller: QuorumController,
  { brokerId, incarnationId, listeners, rack }: RegisterBrokerRequest,
  outcome: Result<RegisterBrokerResponse>,
): void {
  const { logger } = controller.options.platform;
  if (outcome.ok) {
    const { brokerEpoch } = outcome.value;
    logger.info('registered a broker', { broker: brokerId, brokerEpoch, incarnationId, listeners, rack });
  } else {
    logger.warn('refused a broker', { broker: brokerId, ...outcome.error });
  }
}
