import { allocateProducerIdsRpc } from '@milena/cluster-protocol';
import {
  allocateProducerIds,
  type AllocateProducerIdsRequest,
  type AllocateProducerIdsResponse,
} from '@milena/controller';
import type { Result } from '@milena/model';
import type { ControllerApi } from './controller-api';

/** AllocateProducerIds. */
export const allocateProducerIdsApi: ControllerApi<AllocateProducerIdsRequest, Result<AllocateProducerIdsResponse>> = {
  rpc: allocateProducerIdsRpc,
  handle: (controller, request, { trace }) =>
    controller.submit((image) => allocateProducerIds(image, request), {
      operation: 'allocate producer ids',
      ...(trace === undefined ? {} : { trace }),
    }),
};
