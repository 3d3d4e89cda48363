import type { AlterConfigsRequest } from '@milena/controller';
import { AlterConfigsRequestSchema, AlterConfigsResponseSchema } from '@milena/proto';
import { naturalFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
import { alteredFromWire, alteredToWire, resourceFromWire, resourceToWire } from './config-wire-values';

/** Replaces the configuration of topics and brokers. */
export const alterConfigsRpc = defineRpc(
  'controller.v1.ControllerService/AlterConfigs',
  {
    schema: AlterConfigsRequestSchema,
    toWire: ({ principal, resources, validateOnly, timeoutMs }: AlterConfigsRequest) => ({
      principal,
      resources: resources.map(({ resource, entries }) => ({
        resource: resourceToWire(resource),
        entries: entries.map(({ name, value }) => (value === undefined ? { name } : { name, value })),
      })),
      validateOnly,
      timeoutMs,
    }),
    fromWire: (message): AlterConfigsRequest => ({
      principal: message.principal,
      resources: message.resources.map(({ resource, entries }) => ({
        resource: resourceFromWire(resource),
        entries: entries.map(({ name, value }) => ({ name, value })),
      })),
      validateOnly: message.validateOnly,
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  { schema: AlterConfigsResponseSchema, toWire: alteredToWire, fromWire: alteredFromWire },
);
