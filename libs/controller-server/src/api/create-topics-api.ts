import { createTopicsRpc } from '@milena/cluster-protocol';
import {
  createTopics,
  topicConfigRules,
  type CreateTopicsRequest,
  type CreateTopicsResponse,
} from '@milena/controller';
import { METADATA_TOPIC_ID, randomUuid, ZERO_UUID, type Uuid } from '@milena/model';
import type { QuorumController } from '../quorum-controller';
import type { ControllerApi } from './controller-api';

/** CreateTopics. */
export const createTopicsApi: ControllerApi<CreateTopicsRequest, CreateTopicsResponse> = {
  rpc: createTopicsRpc,
  async handle(controller, request, { trace }) {
    const { platform, config } = controller.options;
    const result = await controller.submit(
      (image) =>
        createTopics(image, request, {
          defaults: controller.defaults,
          topicConfigs: topicConfigRules(image, config.server),
          draw: (bound) => platform.random.below(bound),
          newTopicId: () => newTopicId(controller),
        }),
      { operation: 'create topics', timeoutMs: request.timeoutMs, ...(trace === undefined ? {} : { trace }) },
    );
    for (const { name, result: outcome } of result.ok ? result.value.topics : []) {
      if (!outcome.ok || outcome.value.topicId === undefined) continue;
      const { topicId, partitions, replicationFactor } = outcome.value;
      platform.logger.info('created a topic', { topic: name, topicId, partitions, replicationFactor });
    }
    return result;
  },
};

function newTopicId(controller: QuorumController): Uuid {
  for (;;) {
    const id = randomUuid((count) => controller.options.platform.random.bytes(count));
    const taken = id === ZERO_UUID || id === METADATA_TOPIC_ID || controller.latestImage.topicById(id) !== undefined;
    if (!taken) return id;
  }
}
