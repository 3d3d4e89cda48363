import type { ConfigResourceType } from '@milena/metadata';
import { failure, success, type Result } from '@milena/model';

/** Kafka's numbers of what carries configuration (ConfigResource.Type). */
export const CONFIG_RESOURCE_NUMBERS = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const;

/** The kind of a resource by Kafka's number; INVALID_REQUEST for kinds that carry no configuration here. */
export function configurableType(resourceType: number): Result<ConfigResourceType & ('TOPIC' | 'BROKER')> {
  if (resourceType === CONFIG_RESOURCE_NUMBERS.topic) return success('TOPIC');
  if (resourceType === CONFIG_RESOURCE_NUMBERS.broker) return success('BROKER');
  return failure('INVALID_REQUEST', `resources of type ${resourceType} carry no configuration here`);
}
