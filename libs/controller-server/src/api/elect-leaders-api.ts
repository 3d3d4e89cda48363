import { electLeadersRpc } from '@milena/cluster-protocol';
import { electLeaders, type ElectLeadersRequest, type PartitionOutcomes } from '@milena/controller';
import type { ControllerApi } from './controller-api';
import { logPartitionOutcomes } from './log-partition-outcomes';

/** ElectLeaders. */
export const electLeadersApi: ControllerApi<ElectLeadersRequest, PartitionOutcomes> = {
  rpc: electLeadersRpc,
  async handle(controller, request, { trace }) {
    const { defaults } = controller;
    const result = await controller.submit((image) => electLeaders(image, request, { defaults }), {
      operation: 'elect leaders',
      timeoutMs: request.timeoutMs,
      ...(trace === undefined ? {} : { trace }),
    });
    if (result.ok && !request.validateOnly) {
      logPartitionOutcomes(controller, ELECTED[request.electionType], result.value);
    }
    return result;
  },
};

const ELECTED = { PREFERRED: 'elected preferred leaders', UNCLEAN: 'elected leaders uncleanly on demand' } as const;
