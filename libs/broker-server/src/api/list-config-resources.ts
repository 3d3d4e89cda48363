import { listConfigResources } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { CONFIG_RESOURCE_NUMBERS } from './config-resource-number';

/** First version that can list more than subscriptions to client metrics. */
const ALL_TYPES_SINCE = 1;

/** ListConfigResources: the topics and brokers that carry configuration; of the other kinds there is nothing to list. */
export const listConfigResourcesApi: ApiHandler<typeof listConfigResources> = {
  api: listConfigResources,
  handle({ resourceTypes }, { broker, apiVersion }) {
    const known: readonly number[] = Object.values(CONFIG_RESOURCE_NUMBERS);
    if (resourceTypes.some((type) => !known.includes(type))) {
      return { throttleTimeMs: 0, errorCode: errorCode('UNSUPPORTED_VERSION'), configResources: [] };
    }
    const { topic, broker: brokerType, clientMetrics } = CONFIG_RESOURCE_NUMBERS;
    const wanted = apiVersion < ALL_TYPES_SINCE ? [clientMetrics] : resourceTypes.length === 0 ? known : resourceTypes;
    const image = broker.image();
    const topics = wanted.includes(topic) ? [...image.topics()].map(({ name }) => name) : [];
    const brokers = wanted.includes(brokerType) ? image.brokers().map(({ id }) => String(id)) : [];
    return {
      throttleTimeMs: 0,
      errorCode: 0,
      configResources: [
        ...topics.map((resourceName) => ({ resourceName, resourceType: topic })),
        ...brokers.map((resourceName) => ({ resourceName, resourceType: brokerType })),
      ],
    };
  },
};
