import type { Rpc } from '@milena/cluster-protocol';
import type { AlterConfigsResponse } from '@milena/controller';
import { configResourceKey, type ConfigResource } from '@milena/metadata';
import { errorCode, failure, type Result } from '@milena/model';
import type { RequestContext } from './api-handler';
import { configurableType } from './config-resource-number';
import { changeMetadata } from './controller-call';

/** How long the controller may take: these requests carry no timeout of their own. */
const TIMEOUT_MS = 30_000;
/** Most resources of one request. */
const RESOURCES_MAX = 10_000;

/** What a request for other configuration says of one resource, and what is to be asked of the controller. */
export interface RequestedResource<Change> {
  readonly resourceType: number;
  readonly resourceName: string;
  /** The request for the controller, or why it is never asked. */
  change(resource: ConfigResource): Result<Change>;
}

interface ChangeRequest<Change> {
  readonly principal: string;
  readonly resources: readonly Change[];
  readonly validateOnly: boolean;
  readonly timeoutMs: number;
}

interface ResourceResponse {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Has the controller change the configuration of resources; an outcome for each, in the order of the request. */
export async function alteredConfigs<Change>(
  context: RequestContext,
  rpc: Rpc<ChangeRequest<Change>, AlterConfigsResponse>,
  requested: readonly RequestedResource<Change>[],
  validateOnly: boolean,
): Promise<readonly ResourceResponse[]> {
  if (requested.length > RESOURCES_MAX) {
    const refused = failure('POLICY_VIOLATION', `more than ${RESOURCES_MAX} resources in one request`);
    return requested.map((resource) => resourceResponse(resource, refused));
  }
  const asked = requested.map((resource) => {
    const type = configurableType(resource.resourceType);
    if (!type.ok) return { resource, change: type };
    const named = { type: type.value, name: resource.resourceName };
    return { resource, key: configResourceKey(named), change: resource.change(named) };
  });
  const resources = asked.flatMap(({ change }) => (change.ok ? [change.value] : []));
  const outcomes = resources.length === 0 ? undefined : await decided(context, rpc, resources, validateOnly);
  return asked.map(({ resource, key = '', change }) => {
    if (!change.ok) return resourceResponse(resource, change);
    const missing = failure('UNKNOWN_SERVER_ERROR', 'the controller said nothing of this resource');
    const outcome = outcomes?.ok === false ? outcomes : (outcomes?.value.get(key) ?? missing);
    return resourceResponse(resource, outcome);
  });
}

async function decided<Change>(
  context: RequestContext,
  rpc: Rpc<ChangeRequest<Change>, AlterConfigsResponse>,
  resources: readonly Change[],
  validateOnly: boolean,
): Promise<Result<ReadonlyMap<string, Result<null>>>> {
  const { principal } = context.connection;
  const answer = await changeMetadata(context, rpc, { principal, resources, validateOnly, timeoutMs: TIMEOUT_MS });
  if (!answer.ok) return answer;
  const outcomes = answer.value.resources.map(({ resource, result }) => [configResourceKey(resource), result] as const);
  return { ok: true, value: new Map(outcomes) };
}

function resourceResponse(
  { resourceType, resourceName }: Pick<ResourceResponse, 'resourceType' | 'resourceName'>,
  result: Result<null>,
): ResourceResponse {
  return {
    resourceType,
    resourceName,
    errorCode: result.ok ? 0 : errorCode(result.error.code),
    errorMessage: result.ok ? null : result.error.message,
  };
}
