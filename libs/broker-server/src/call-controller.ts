import { MalformedInput } from '@milena/bytes';
import type { Rpc } from '@milena/cluster-protocol';
import { failure, type Result } from '@milena/model';
import type { ActiveControllerChannel } from '@milena/raft-driver';

/** Calls the active controller; a call without an answer is REQUEST_TIMED_OUT, an answer that makes no sense a failure too. */
export async function callController<Request, Response>(
  channel: ActiveControllerChannel,
  rpc: Rpc<Request, Result<Response>>,
  request: Request,
  timeoutMs: number,
): Promise<Result<Response>> {
  const outcome = await channel.unary(rpc.method, rpc.encodeRequest(request), timeoutMs);
  if (!outcome.ok) return failure('REQUEST_TIMED_OUT', `no controller answers: ${outcome.error.message}`);
  try {
    return rpc.decodeResponse(outcome.value);
  } catch (error) {
    if (error instanceof MalformedInput) return failure('UNKNOWN_SERVER_ERROR', error.message);
    throw error;
  }
}
