import type { Rpc } from '@milena/cluster-protocol';
import { success, type Result } from '@milena/model';
import type { Clock } from '@milena/platform';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { AdminCall } from './admin-method';
import { callFailure, decodedAnswer } from './call-failure';
import type { ChangeRequest, MetadataChange } from './gateway-context';

/** How long a change may take altogether: the controller's part and the wait for the own image. */
const TIMEOUT_MS = 15_000;

/** What changes are made with. */
export interface ControllerCallsOptions {
  readonly clock: Clock;
  readonly channel: ActiveControllerChannel;
  /** Resolves to whether the own image contains the offset within the time. */
  readonly waitFor: (offset: number, timeoutMs: number) => Promise<boolean>;
}

/**
 * Has the active controller make a change and waits until the own image shows it, so that a read after the write sees it.
 * When only that wait is cut short the answer stands. NOT_CONTROLLER when nobody leads, REQUEST_TIMED_OUT when it is
 * unknown whether the change was made.
 */
export async function callController<Request extends ChangeRequest, Response extends MetadataChange>(
  { clock, channel, waitFor }: ControllerCallsOptions,
  rpc: Rpc<Request, Response>,
  request: Omit<Request, keyof ChangeRequest>,
  { principal, trace }: AdminCall,
): Promise<Result<Response>> {
  const deadline = clock.monotonicMs() + TIMEOUT_MS;
  // Adding back what was left out makes it whole again; the compiler cannot follow that through a generic Omit.
  const whole = { ...request, principal, timeoutMs: TIMEOUT_MS } as unknown as Request;
  const outcome = await channel.unary(rpc.method, rpc.encodeRequest(whole), TIMEOUT_MS, trace);
  const peer = 'the active controller';
  if (!outcome.ok) return { ok: false, error: callFailure(outcome.error, 'NOT_CONTROLLER', peer) };
  const response = decodedAnswer(rpc, outcome.value, peer);
  if (!response.ok || response.value.metadataOffset < 0) return response;
  await waitFor(response.value.metadataOffset, Math.max(0, deadline - clock.monotonicMs()));
  return success(response.value);
}
