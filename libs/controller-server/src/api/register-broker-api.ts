import { registerBrokerRpc } from '@milena/cluster-protocol';
import {
  registerBroker,
  type PartitionSweep,
  type RegisterBrokerRequest,
  type RegisterBrokerResponse,
} from '@milena/controller';
import { success, type Result, type Uuid } from '@milena/model';
import type { TraceContext } from '@milena/platform';
import type { BrokerRegistration } from '@milena/metadata';
import type { QuorumController } from '../quorum-controller';
import type { ControllerApi } from './controller-api';

/** RegisterBroker: the broker's session begins when its record is appended, not when it is committed. */
export const registerBrokerApi: ControllerApi<RegisterBrokerRequest, Result<RegisterBrokerResponse>> = {
  rpc: registerBrokerRpc,
  async handle(controller, request, { trace }) {
    const result = await controller.replacing(request.brokerId, () => register(controller, request, trace));
    if (result.ok) logOutcome(controller, request, result.value);
    return result;
  },
};

/** Decides in as many steps as vacating the former life takes; each ends, because a sweep gets shorter. */
async function register(
  controller: QuorumController,
  request: RegisterBrokerRequest,
  trace: TraceContext | undefined,
): Promise<Result<Result<RegisterBrokerResponse>>> {
  const nowMs = controller.nowMs();
  let vacating: PartitionSweep | undefined;
  for (;;) {
    const context = {
      clusterId: controller.options.config.clusterId,
      defaults: controller.defaults,
      isAlive: (broker: BrokerRegistration) => controller.sessions.isAlive(broker, nowMs),
      wasReplaced: (id: number, incarnation: Uuid) => controller.sessions.wasReplaced(id, incarnation),
      ...(vacating === undefined ? {} : { vacating }),
    };
    const outcome = controller.submit((image) => registerBroker(image, request, context), {
      operation: 'register broker',
      ...(trace === undefined ? {} : { trace }),
    });
    const broker = controller.latestImage.broker(request.brokerId);
    if (controller.isActive && broker?.incarnationId === request.incarnationId) {
      controller.sessions.contact(broker, nowMs);
    }
    const result = await outcome;
    if (!result.ok) return result;
    if (!result.value.ok) return success(result.value);
    const step = result.value.value;
    if (step.kind === 'registered') return success(success({ brokerEpoch: step.brokerEpoch }));
    ({ vacating } = step);
    // A step that found nothing to change waited for nothing: others have their turn.
    await new Promise<void>((resolve) => controller.options.platform.timers.after(0, resolve));
  }
}

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
