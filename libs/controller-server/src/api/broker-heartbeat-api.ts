import { brokerHeartbeatRpc } from '@milena/cluster-protocol';
import {
  brokerHeartbeat,
  type BrokerHeartbeatContext,
  type BrokerHeartbeatRequest,
  type BrokerHeartbeatResponse,
  type Decision,
} from '@milena/controller';
import type { BrokerRegistration } from '@milena/metadata';
import { success, type Result } from '@milena/model';
import type { QuorumController } from '../quorum-controller';
import type { ControllerApi } from './controller-api';

/**
 * BrokerHeartbeat: a sign of life from its arrival on (KAFKA-15019). One that changes nothing is answered at once, from
 * what is committed, so that no load on the log makes a broker think that nobody hears it.
 */
export const brokerHeartbeatApi: ControllerApi<BrokerHeartbeatRequest, Result<BrokerHeartbeatResponse>> = {
  rpc: brokerHeartbeatRpc,
  async handle(controller, request, { trace }) {
    const { sessions } = controller;
    const before = controller.latestImage.broker(request.brokerId);
    if (controller.isActive && before?.epoch === request.brokerEpoch) {
      sessions.contact(before, controller.nowMs(), request.currentMetadataOffset);
    }
    const decision = brokerHeartbeat(controller.latestImage, request, contextOf(controller, request));
    const answer = answerNow(controller, request, decision);
    if (answer !== undefined) return success(success(answer));
    const outcome = controller.submit(() => decision, {
      operation: 'broker heartbeat',
      timeoutMs: sessions.sessionTimeoutMs / 2,
      ...(trace === undefined ? {} : { trace }),
    });
    if (controller.isActive && before !== undefined) noteChange(controller, before);
    return outcome;
  },
};

function contextOf(controller: QuorumController, { brokerId }: BrokerHeartbeatRequest): BrokerHeartbeatContext {
  const { sessions, sweeper, defaults } = controller;
  return {
    defaults,
    lowestActiveMetadataOffset: sessions.lowestActiveMetadataOffset(controller.latestImage),
    controlledShutdownOffset: sweeper.isSweeping(brokerId) ? undefined : sessions.controlledShutdownOffset(brokerId),
    isBeingReplaced: controller.isBeingReplaced(brokerId),
  };
}

/** The answer when it needs nothing to be written and tells nothing that could still be lost. */
function answerNow(
  controller: QuorumController,
  { brokerId, brokerEpoch }: BrokerHeartbeatRequest,
  { records, respond }: Decision<Result<BrokerHeartbeatResponse>>,
): BrokerHeartbeatResponse | undefined {
  const committed = controller.committedImage.broker(brokerId);
  if (!controller.isActive || records.length > 0 || committed?.epoch !== brokerEpoch) return undefined;
  const answer = respond(undefined);
  if (!answer.ok || answer.value.shouldShutDown || committed.inControlledShutdown) return undefined;
  return { ...answer.value, isFenced: committed.fenced };
}

/** Draws the consequences of what was just appended, before it is committed. */
function noteChange(controller: QuorumController, before: BrokerRegistration): void {
  const image = controller.latestImage;
  const after = image.broker(before.id);
  if (after === undefined || after.epoch !== before.epoch) return;
  const { logger } = controller.options.platform;
  const facts = { broker: after.id, brokerEpoch: after.epoch };
  if (after.inControlledShutdown && !after.fenced) {
    // The offset that others must reach is that of the last of its leaderships.
    if (!controller.sweeper.isSweeping(after.id)) {
      controller.sessions.beginControlledShutdown(after, image.provenance.offset);
    }
    if (!before.inControlledShutdown) logger.info('a broker began a controlled shutdown', facts);
  }
  if (after.fenced === before.fenced) return;
  logger.info(after.fenced ? 'fenced a broker at its own wish' : 'unfenced a broker', facts);
  if (after.fenced) controller.sessions.end(after.id);
}
