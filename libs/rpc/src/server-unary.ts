import { status, type sendUnaryData } from '@grpc/grpc-js';
import { MalformedInput } from '@milena/bytes';
import { errorInfo, failure as failed, type Result } from '@milena/model';
import type { CallContext, UnaryHandler } from '@milena/platform';
import type { ObservedCall } from './call-instruments';
import { failureStatus } from './failure-status';
import { rethrowOutside } from './pass-through';

/** What the handler makes of a request; undefined when it broke an invariant, which stops the process. */
async function outcomeOf(
  handler: UnaryHandler,
  request: Uint8Array,
  context: CallContext,
): Promise<Result<Uint8Array> | undefined> {
  try {
    return await handler(request, context);
  } catch (error) {
    if (error instanceof MalformedInput) return failed('INVALID_REQUEST', error.message);
    rethrowOutside(error);
    return undefined;
  }
}

/** Answers one unary call. */
export async function answerUnary(
  handler: UnaryHandler,
  request: Uint8Array,
  context: CallContext,
  observed: ObservedCall,
  respond: sendUnaryData<Uint8Array>,
): Promise<void> {
  const outcome = await outcomeOf(handler, request, context);
  if (outcome === undefined) return respond({ code: status.INTERNAL, details: 'internal error' });
  if (outcome.ok) {
    observed.end(undefined);
    return respond(null, outcome.value);
  }
  const { code, message } = outcome.error;
  observed.end({ reason: 'status', status: errorInfo(code).grpcStatus, failure: outcome.error, message });
  respond(failureStatus(outcome.error));
}
