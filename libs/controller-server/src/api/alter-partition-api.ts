import { alterPartitionRpc } from '@milena/cluster-protocol';
import { alterPartition, type AlterPartitionRequest, type AlterPartitionResponse } from '@milena/controller';
import type { Result } from '@milena/model';
import type { ControllerApi } from './controller-api';

/** AlterPartition. */
export const alterPartitionApi: ControllerApi<AlterPartitionRequest, Result<AlterPartitionResponse>> = {
  rpc: alterPartitionRpc,
  handle: (controller, request, { trace }) =>
    controller.submit((image) => alterPartition(image, request, { defaults: controller.defaults }), {
      operation: 'alter partition',
      ...(trace === undefined ? {} : { trace }),
    }),
};
