import type { ConfigResource, MetadataImage } from '@milena/metadata';
import { failure, success, type Result } from '@milena/model';
import type { Decision } from '../decision';
import {
  decideConfigs,
  type AlterConfigsContext,
  type AlterConfigsResponse,
  type WantedConfig,
} from './decide-configs';
import { configRules } from './config-rules';

/** All that one resource is to carry. */
export interface ConfigReplacement {
  readonly resource: ConfigResource;
  /** An undefined value is Kafka's null, which is refused. */
  readonly entries: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** AlterConfigs. */
export interface AlterConfigsRequest {
  readonly principal: string;
  readonly resources: readonly ConfigReplacement[];
  readonly validateOnly: boolean;
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/** Decides each resource on its own: it carries what the request says afterwards, and nothing else. */
export function alterConfigs(
  image: MetadataImage,
  { resources, validateOnly }: AlterConfigsRequest,
  context: AlterConfigsContext,
): Decision<AlterConfigsResponse> {
  const wanted = resources.map(({ resource, entries }) => ({
    resource,
    size: entries.length,
    entries: () => replacement(image, resource, entries, context),
  }));
  return decideConfigs(image, wanted, { validateOnly }, context);
}

function replacement(
  image: MetadataImage,
  resource: ConfigResource,
  entries: ConfigReplacement['entries'],
  { server }: AlterConfigsContext,
): Result<WantedConfig> {
  const rules = configRules(image, resource, server);
  if (!rules.ok) return rules;
  const after = new Map<string, string>();
  for (const { name, value } of entries) {
    if (value === undefined) return failure('INVALID_REQUEST', `null is not a value of ${name}`);
    if (after.has(name)) return failure('INVALID_REQUEST', `${name} is named twice`);
    after.set(name, value);
  }
  const checked = rules.value.check(after);
  return checked.ok ? success(after) : checked;
}
