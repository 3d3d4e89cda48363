import { alterConfigsRpc } from '@milena/cluster-protocol';
import type { ConfigReplacement } from '@milena/controller';
import { alterConfigs } from '@milena/kafka-protocol';
import { success } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { alteredConfigs } from './altered-configs';

/** AlterConfigs: replaces all that topics and brokers carry, decided by the active controller. */
export const alterConfigsApi: ApiHandler<typeof alterConfigs> = {
  api: alterConfigs,
  async handle({ resources, validateOnly }, context) {
    const requested = resources.map(({ resourceType, resourceName, configs }) => {
      const entries = configs.map(({ name, value }) => ({ name, value: value ?? undefined }));
      return {
        resourceType,
        resourceName,
        change: (resource: ConfigReplacement['resource']) => success({ resource, entries }),
      };
    });
    const responses = await alteredConfigs(context, alterConfigsRpc, requested, validateOnly);
    return { throttleTimeMs: 0, responses };
  },
};
