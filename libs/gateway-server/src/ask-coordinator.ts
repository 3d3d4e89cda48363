import type { Rpc } from '@milena/cluster-protocol';
import { groupPartition } from '@milena/coordinator';
import type { MetadataImage } from '@milena/metadata';
import { failure, NO_NODE, success, type ErrorName, type Failure, type Result } from '@milena/model';
import type { Timers } from '@milena/platform';
import type { AdminCall } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { groupName } from './resource-name';

/** Topic that holds what coordinators know. */
export const OFFSETS_TOPIC = '__consumer_offsets';
/** How long a coordinator that moves or loads is waited for. */
const PATIENCE_MS = 3_000;
const PAUSE_MS = 100;
/** What passes by itself when a coordinator moves. */
const PASSING: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'BROKER_NOT_AVAILABLE',
]);

/** An answer, and the broker that gave it. */
export interface CoordinatorAnswer<Response> {
  readonly coordinatorId: number;
  readonly response: Response;
}

/**
 * Asks the broker that coordinates a group, and once more when the coordinator moves meanwhile. GROUP_ID_NOT_FOUND while
 * the cluster has never had a group.
 */
export async function askCoordinator<Request, Response>(
  context: GatewayContext,
  groupId: string,
  rpc: Rpc<Request, Response>,
  request: Request,
  call: AdminCall,
): Promise<Result<CoordinatorAnswer<Response>>> {
  const { clock, timers } = context.platform;
  const deadline = clock.monotonicMs() + PATIENCE_MS;
  const askBroker = async (coordinatorId: number): Promise<Result<CoordinatorAnswer<Response>>> => {
    const answer = await context.askBroker(coordinatorId, rpc, request, call);
    return answer.ok ? success({ coordinatorId, response: answer.value }) : answer;
  };
  for (;;) {
    const metadata = context.metadata();
    if (!metadata.ok) return metadata;
    const coordinator = coordinatorOf(metadata.value.image, groupId);
    const answer = coordinator.ok ? await askBroker(coordinator.value) : coordinator;
    if (answer.ok) return answer;
    if (!PASSING.has(answer.error.code) || clock.monotonicMs() >= deadline) return ofGroup(answer.error, groupId);
    await pause(timers);
  }
}

/** The broker that coordinates a group, by the partition of `__consumer_offsets` that holds it. */
function coordinatorOf(image: MetadataImage, groupId: string): Result<number> {
  const topic = image.topicByName(OFFSETS_TOPIC);
  if (topic === undefined) return failure('GROUP_ID_NOT_FOUND', `no group '${groupId}'`);
  const partition = groupPartition(groupId, topic.partitionCount);
  const leader = topic.partition(partition)?.leader ?? NO_NODE;
  if (leader !== NO_NODE) return success(leader);
  return failure('COORDINATOR_NOT_AVAILABLE', `partition ${partition} of ${OFFSETS_TOPIC} has no leader`);
}

function ofGroup(failed: Failure, groupId: string): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error: { ...failed, about: { group: groupName(groupId), ...failed.about } } };
}

function pause(timers: Timers): Promise<void> {
  return new Promise((resolve) => void timers.after(PAUSE_MS, resolve));
}
