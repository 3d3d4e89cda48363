import { deleteTopicsRpc } from '@milena/cluster-protocol';
import { deleteTopics, type DeleteTopicsRequest, type DeleteTopicsResponse } from '@milena/controller';
import type { ControllerApi } from './controller-api';

/** DeleteTopics. */
export const deleteTopicsApi: ControllerApi<DeleteTopicsRequest, DeleteTopicsResponse> = {
  rpc: deleteTopicsRpc,
  async handle(controller, request, { trace }) {
    const { defaults } = controller;
    const result = await controller.submit((image) => deleteTopics(image, request, { defaults }), {
      operation: 'delete topics',
      timeoutMs: request.timeoutMs,
      ...(trace === undefined ? {} : { trace }),
    });
    for (const { name, topicId, result: outcome } of result.ok ? result.value.topics : []) {
      if (outcome.ok) controller.options.platform.logger.info('deleted a topic', { topic: name, topicId });
    }
    return result;
  },
};
