import { brokerHeartbeatRpc } from '@milena/cluster-protocol';
import { brokerHeartbeat, type BrokerHeartbeatRequest, type BrokerHeartbeatResponse } from '@milena/controller';
import type { BrokerRegistration } from '@milena/metadata';
import type { Result } from '@milena/model';
import type { QuorumController } from '../quorum-controller';
import type { ControllerApi } from './controller-api';

/** BrokerHeartbeat: a sign of life from its arrival on, however long the answer waits for commitment (KAFKA-15019). */
export const brokerHeartbeatApi: ControllerApi<BrokerHeartbeatRequest, Result<BrokerHeartbeatResponse>> = {
  rpc: brokerHeartbeatRpc,
  async handle(controller, request, { trace }) {
    const { sessions } = controller;
    const before = controller.latestImage.broker(request.brokerId);
    if (controller.isActive && before?.epoch === request.brokerEpoch) {
      sessions.contact(before, controller.nowMs(), request.currentMetadataOffset);
    }
    const outcome = controller.submit(
      (image) =>
        brokerHeartbeat(image, request, {
          defaults: controller.defaults,
          lowestActiveMetadataOffset: sessions.lowestActiveMetadataOffset(image),
          controlledShutdownOffset: sessions.controlledShutdownOffset(request.brokerId),
          isBeingReplaced: false,
        }),
      {
        operation: 'broker heartbeat',
        timeoutMs: sessions.sessionTimeoutMs / 2,
        ...(trace === undefined ? {} : { trace }),
      },
    );
    if (controller.isActive && before !== undefined) noteChange(controller, before);
    return outcome;
  },
};

/** Draws the consequences of what was just appended, before it is committed. */
function noteChange(controller: QuorumController, before: BrokerRegistration): void {
  const image = controller.latestImage;
  const after = image.broker(before.id);
  if (after === undefined || after.epoch !== before.epoch) return;
  const { logger } = controller.options.platform;
  const facts = { broker: after.id, brokerEpoch: after.epoch };
  if (after.inControlledShutdown && !after.fenced) {
    controller.sessions.beginControlledShutdown(after, image.provenance.offset);
    if (!before.inControlledShutdown) logger.info('a broker began a controlled shutdown', facts);
  }
  if (after.fenced === before.fenced) return;
  logger.info(after.fenced ? 'fenced a broker at its own wish' : 'unfenced a broker', facts);
  if (after.fenced) controller.sessions.end(after.id);
}
