import type { Rpc } from '@milena/cluster-protocol';
import type { ActiveControllerChannel } from '@milena/raft-driver';

const CALL_TIMEOUT_MS = 2000;

/** The answer, or what is known of a call without one. */
export type CallOutcome<Response> =
  | { readonly isAnswered: true; readonly answer: Response }
  | {
      readonly isAnswered: false;
      /** Whether it is certain that nothing was done. */
      readonly didNothing: boolean;
    };

/** Asks the active controller, whichever it is; the call ends within two seconds. */
export async function callController<Request, Response>(
  controllers: ActiveControllerChannel,
  rpc: Rpc<Request, Response>,
  request: Request,
): Promise<CallOutcome<Response>> {
  const outcome = await controllers.unary(rpc.method, rpc.encodeRequest(request), CALL_TIMEOUT_MS);
  if (outcome.ok) return { isAnswered: true, answer: rpc.decodeResponse(outcome.value) };
  const { reason, failure } = outcome.error;
  const didNothing = reason === 'refused' || (reason === 'status' && isRefusal(failure?.code));
  return { isAnswered: false, didNothing };
}

function isRefusal(code: string | undefined): boolean {
  return code === 'NOT_CONTROLLER' || code === 'THROTTLING_QUOTA_EXCEEDED';
}
