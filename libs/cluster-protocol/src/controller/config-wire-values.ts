import { MalformedInput } from '@milena/bytes';
import type { AlterConfigsResponse } from '@milena/controller';
import { configResourceTypeOnWire, type ConfigResource } from '@milena/metadata';
import type { Offset } from '@milena/model';
import type { AlteredConfigResource, ConfigResource as WireResource } from '@milena/proto';
import { offsetOrNoneFromWire } from '../wire-values';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** A resource as a message. */
export function resourceToWire({ type, name }: ConfigResource) {
  return { resourceType: configResourceTypeOnWire.toWire(type), resourceName: name };
}

/** A resource that must be there. */
export function resourceFromWire(message: WireResource | undefined): ConfigResource {
  if (message === undefined) throw new MalformedInput('a config resource is missing');
  return { type: configResourceTypeOnWire.fromWire(message.resourceType), name: message.resourceName };
}

/** The outcomes that the answers to AlterConfigs and IncrementalAlterConfigs carry alike. */
export function alteredToWire({ resources, metadataOffset }: AlterConfigsResponse) {
  return {
    resources: resources.map(({ resource, result }) => ({
      resource: resourceToWire(resource),
      ...outcomeToWire(result),
    })),
    metadataOffset: BigInt(metadataOffset),
  };
}

/** The same, read. */
export function alteredFromWire(message: {
  readonly resources: readonly AlteredConfigResource[];
  readonly metadataOffset: bigint;
}): AlterConfigsResponse {
  return {
    resources: message.resources.map((outcome) => ({
      resource: resourceFromWire(outcome.resource),
      result: outcomeFromWire(outcome, () => null),
    })),
    metadataOffset: offsetOrNoneFromWire(message.metadataOffset) as Offset,
  };
}
