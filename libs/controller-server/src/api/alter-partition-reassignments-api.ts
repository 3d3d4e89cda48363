import { alterPartitionReassignmentsRpc } from '@milena/cluster-protocol';
import {
  alterPartitionReassignments,
  type AlterPartitionReassignmentsRequest,
  type PartitionOutcomes,
} from '@milena/controller';
import type { ControllerApi } from './controller-api';
import { logPartitionOutcomes } from './log-partition-outcomes';

/** AlterPartitionReassignments. */
export const alterPartitionReassignmentsApi: ControllerApi<AlterPartitionReassignmentsRequest, PartitionOutcomes> = {
  rpc: alterPartitionReassignmentsRpc,
  async handle(controller, request, { trace }) {
    const { defaults } = controller;
    const result = await controller.submit((image) => alterPartitionReassignments(image, request, { defaults }), {
      operation: 'alter partition reassignments',
      timeoutMs: request.timeoutMs,
      ...(trace === undefined ? {} : { trace }),
    });
    if (result.ok && !request.validateOnly) {
      logPartitionOutcomes(controller, 'changed the reassignment of partitions', result.value);
    }
    return result;
  },
};
