import type { ServerConfig } from '@milena/config-schema';
import { configResourceKey, type ConfigRecord, type ConfigResource, type MetadataImage } from '@milena/metadata';
import { failure, NO_OFFSET, success, type Offset, type Result } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import type { Decision } from '../decision';
import { configConsequences } from '../partitions/config-consequences';

/** What decisions about configuration depend on besides image and request. */
export interface AlterConfigsContext {
  readonly defaults: ControllerDefaults;
  /** The controller's own configuration: what is inherited where nothing was set. */
  readonly server: ServerConfig;
}

/** Answer to AlterConfigs and IncrementalAlterConfigs: one outcome per resource, in the order of the request. */
export interface AlterConfigsResponse {
  readonly resources: readonly { readonly resource: ConfigResource; readonly result: Result<null> }[];
  /** Offset of the last record written for it, NO_OFFSET when there was none. */
  readonly metadataOffset: Offset;
}

/** Everything a resource is to carry. */
export type WantedConfig = ReadonlyMap<string, string>;

/** A resource in a request. */
interface ResourceDecision {
  readonly resource: ConfigResource;
  /** Keys the request names. */
  readonly size: number;
  entries(): Result<WantedConfig>;
}

/** Most keys one request may name: one atomic batch must stay of a size that can be replicated. */
const MAX_CONFIG_CHANGES = 10_000;

/**
 * Writes what differs between what resources carry and what they are to carry, and at once what that means for partitions:
 * see `configConsequences`.
 */
export function decideConfigs(
  image: MetadataImage,
  wanted: readonly ResourceDecision[],
  { validateOnly }: { readonly validateOnly: boolean },
  { defaults }: AlterConfigsContext,
): Decision<AlterConfigsResponse> {
  const keys = wanted.map(({ resource }) => configResourceKey(resource));
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const isExcessive = wanted.reduce((sum, { size }) => sum + size, 0) > MAX_CONFIG_CHANGES;
  const records: ConfigRecord[] = [];
  const resources = wanted.map(({ resource, entries }, index) => {
    const after =
      (counts.get(keys[index] ?? '') ?? 0) > 1
        ? failure('INVALID_REQUEST', 'each resource may be named once')
        : isExcessive
          ? failure('POLICY_VIOLATION', `more than ${MAX_CONFIG_CHANGES} keys in one request`)
          : entries();
    if (!after.ok) return { resource, result: after };
    records.push(...differences(resource, image.config(resource), after.value));
    return { resource, result: success(null) };
  });
  const respond: Decision<AlterConfigsResponse>['respond'] = (appended) => ({
    resources,
    metadataOffset: appended?.lastOffset ?? NO_OFFSET,
  });
  if (validateOnly) return { records: [], respond };
  const { records: consequences, ...rest } = configConsequences(image, records, defaults);
  return { records: [...records, ...consequences], respond, ...rest };
}

function differences(
  { type: resourceType, name: resourceName }: ConfigResource,
  before: ReadonlyMap<string, string>,
  after: WantedConfig,
): readonly ConfigRecord[] {
  const record = (name: string): ConfigRecord => ({ type: 'ConfigRecord', resourceType, resourceName, name });
  const removed = [...before.keys()].filter((name) => !after.has(name)).map(record);
  const set = [...after].filter(([name, value]) => before.get(name) !== value);
  return [...removed, ...set.map(([name, value]) => ({ ...record(name), value }))];
}
