import type { ConfigResource, MetadataImage } from '@milena/metadata';
import { failure, success, unreachable, type Failure, type Result } from '@milena/model';
import type { Decision } from '../decision';
import { configRules, type ConfigRules } from './config-rules';
import {
  decideConfigs,
  type AlterConfigsContext,
  type AlterConfigsResponse,
  type WantedConfig,
} from './decide-configs';

/** What can be done with one key; the last two to keys whose value is a list. */
export type ConfigOperation = 'SET' | 'DELETE' | 'APPEND' | 'SUBTRACT';

/** A change of one key. */
export interface ConfigChange {
  readonly name: string;
  readonly operation: ConfigOperation;
  /** Text to set, or items separated by commas. Undefined is Kafka's null, which only DELETE takes. */
  readonly value: string | undefined;
}

/** The changes of one resource, made together. */
export interface ConfigChanges {
  readonly resource: ConfigResource;
  readonly changes: readonly ConfigChange[];
}

/** IncrementalAlterConfigs. */
export interface IncrementalAlterConfigsRequest {
  readonly principal: string;
  readonly resources: readonly ConfigChanges[];
  readonly validateOnly: boolean;
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/** Decides each resource on its own (KIP-339). */
export function incrementalAlterConfigs(
  image: MetadataImage,
  { resources, validateOnly }: IncrementalAlterConfigsRequest,
  context: AlterConfigsContext,
): Decision<AlterConfigsResponse> {
  const wanted = resources.map(({ resource, changes }) => ({
    resource,
    size: changes.length,
    entries: () => changed(image, resource, changes, context),
  }));
  return decideConfigs(image, wanted, { validateOnly }, context);
}

function changed(
  image: MetadataImage,
  resource: ConfigResource,
  changes: readonly ConfigChange[],
  { server }: AlterConfigsContext,
): Result<WantedConfig> {
  const rules = configRules(image, resource, server);
  if (!rules.ok) return rules;
  const after = new Map(image.config(resource));
  const seen = new Set<string>();
  for (const change of changes) {
    const refusal = seen.has(change.name)
      ? failure('INVALID_REQUEST', `${change.name} is changed twice`).error
      : applyChange(after, change, rules.value);
    if (refusal !== undefined) return { ok: false, error: refusal };
    seen.add(change.name);
  }
  const checked = rules.value.check(after);
  return checked.ok ? success(after) : checked;
}

function applyChange(
  after: Map<string, string>,
  { name, operation, value }: ConfigChange,
  rules: ConfigRules,
): Failure | undefined {
  if (operation === 'DELETE') {
    after.delete(name);
    return undefined;
  }
  if (value === undefined) return failure('INVALID_REQUEST', `null is not a value of ${name}`).error;
  if (operation === 'SET') {
    after.set(name, value);
    return undefined;
  }
  if (!rules.isList(name))
    return failure('INVALID_CONFIG', `cannot ${operation} to ${name}, which is not a list`).error;
  const before = items(after.get(name) ?? rules.inherited(name) ?? '');
  const named = items(value);
  switch (operation) {
    case 'APPEND':
      after.set(name, [...new Set([...before, ...named])].join(','));
      return undefined;
    case 'SUBTRACT':
      after.set(name, before.filter((item) => !named.includes(item)).join(','));
      return undefined;
    default:
      return unreachable(operation);
  }
}

function items(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
