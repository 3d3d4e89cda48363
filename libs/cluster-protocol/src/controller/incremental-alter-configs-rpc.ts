import { MalformedInput } from '@milena/bytes';
import type { ConfigOperation, IncrementalAlterConfigsRequest } from '@milena/controller';
import { IncrementalAlterConfigsRequestSchema, IncrementalAlterConfigsResponseSchema } from '@milena/proto';
import { naturalFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
import { alteredFromWire, alteredToWire, resourceFromWire, resourceToWire } from './config-wire-values';

/** By Kafka's numbers (AlterConfigOp). */
const OPERATIONS: readonly ConfigOperation[] = ['SET', 'DELETE', 'APPEND', 'SUBTRACT'];

/** Changes single keys of the configuration of topics and brokers (KIP-339). */
export const incrementalAlterConfigsRpc = defineRpc(
  'controller.v1.ControllerService/IncrementalAlterConfigs',
  {
    schema: IncrementalAlterConfigsRequestSchema,
    toWire: ({ principal, resources, validateOnly, timeoutMs }: IncrementalAlterConfigsRequest) => ({
      principal,
      resources: resources.map(({ resource, changes }) => ({
        resource: resourceToWire(resource),
        changes: changes.map(({ name, operation, value }) => ({
          name,
          operation: OPERATIONS.indexOf(operation),
          ...(value === undefined ? {} : { value }),
        })),
      })),
      validateOnly,
      timeoutMs,
    }),
    fromWire: (message): IncrementalAlterConfigsRequest => ({
      principal: message.principal,
      resources: message.resources.map(({ resource, changes }) => ({
        resource: resourceFromWire(resource),
        changes: changes.map(({ name, operation, value }) => ({
          name,
          operation: operationFromWire(operation),
          value,
        })),
      })),
      validateOnly: message.validateOnly,
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  { schema: IncrementalAlterConfigsResponseSchema, toWire: alteredToWire, fromWire: alteredFromWire },
);

function operationFromWire(value: number): ConfigOperation {
  const operation = OPERATIONS[value];
  if (operation === undefined) throw new MalformedInput(`config operation ${value}`);
  return operation;
}
