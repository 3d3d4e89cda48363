import { createPartitionsRpc } from '@milena/cluster-protocol';
import { createPartitions, type CreatePartitionsRequest, type CreatePartitionsResponse } from '@milena/controller';
import type { ControllerApi } from './controller-api';

/** CreatePartitions. */
export const createPartitionsApi: ControllerApi<CreatePartitionsRequest, CreatePartitionsResponse> = {
  rpc: createPartitionsRpc,
  async handle(controller, request, { trace }) {
    const { random, logger } = controller.options.platform;
    const result = await controller.submit(
      (image) => createPartitions(image, request, { draw: (bound) => random.below(bound) }),
      { operation: 'create partitions', timeoutMs: request.timeoutMs, ...(trace === undefined ? {} : { trace }) },
    );
    if (result.ok && !request.validateOnly) {
      const counts = new Map(request.topics.map(({ name, count }) => [name, count]));
      for (const { name, result: outcome } of result.value.topics) {
        if (outcome.ok) logger.info('added partitions to a topic', { topic: name, partitions: counts.get(name) });
      }
    }
    return result;
  },
};
