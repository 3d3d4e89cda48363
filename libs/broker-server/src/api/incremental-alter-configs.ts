import { incrementalAlterConfigsRpc } from '@milena/cluster-protocol';
import type { ConfigChange, ConfigChanges, ConfigOperation } from '@milena/controller';
import { incrementalAlterConfigs, type RequestOf } from '@milena/kafka-protocol';
import { failure, success, type Result } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { alteredConfigs } from './altered-configs';

type RequestedChange = RequestOf<typeof incrementalAlterConfigs>['resources'][number]['configs'][number];

/** By Kafka's numbers (AlterConfigOp). */
const OPERATIONS: readonly ConfigOperation[] = ['SET', 'DELETE', 'APPEND', 'SUBTRACT'];

/** IncrementalAlterConfigs: changes single keys of topics and brokers, decided by the active controller. */
export const incrementalAlterConfigsApi: ApiHandler<typeof incrementalAlterConfigs> = {
  api: incrementalAlterConfigs,
  async handle({ resources, validateOnly }, context) {
    const requested = resources.map(({ resourceType, resourceName, configs }) => ({
      resourceType,
      resourceName,
      change(resource: ConfigChanges['resource']): Result<ConfigChanges> {
        const changes = configs.map(configChange);
        const bad = changes.find((change) => !change.ok);
        if (bad !== undefined && !bad.ok) return bad;
        return success({ resource, changes: changes.flatMap((change) => (change.ok ? [change.value] : [])) });
      },
    }));
    const responses = await alteredConfigs(context, incrementalAlterConfigsRpc, requested, validateOnly);
    return { throttleTimeMs: 0, responses };
  },
};

function configChange({ name, configOperation, value }: RequestedChange): Result<ConfigChange> {
  const operation = OPERATIONS[configOperation];
  if (operation === undefined) return failure('INVALID_REQUEST', `${configOperation} is no operation on ${name}`);
  return success({ name, operation, value: value ?? undefined });
}
