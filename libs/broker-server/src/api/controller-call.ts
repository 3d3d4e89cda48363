import { MalformedInput } from '@milena/bytes';
import type { Rpc } from '@milena/cluster-protocol';
import { failure, success, type Result } from '@milena/model';
import type { ChannelFailure } from '@milena/platform';
import type { BrokerContext } from '../broker-context';
import type { RequestContext } from './api-handler';

/** Longest time one request may keep its connection waiting for the controller, milliseconds. */
const CONTROLLER_WAIT_MAX_MS = 60_000;

/** What every request for a change carries: how long its caller waits, milliseconds. */
export interface TimedChange {
  readonly timeoutMs: number;
}

/** What every answer to a change tells: the last offset it wrote, negative when it wrote nothing. */
export interface MetadataChange {
  readonly metadataOffset: number;
}

/** What calls to the controller need of a broker. */
export type ControllerCaller = Pick<BrokerContext, 'controllerChannel' | 'platform' | 'waitForMetadata'>;

/**
 * Has the active controller make a change, then waits until this broker's own image shows it, so that the client finds
 * what it was told exists. The request's timeout bounds both together. When only the second wait is cut short the answer stands.
 */
export async function changeMetadata<Request extends TimedChange, Response extends MetadataChange>(
  { broker, trace }: { readonly broker: ControllerCaller; readonly trace: RequestContext['trace'] },
  rpc: Rpc<Request, Response>,
  request: Request,
): Promise<Result<Response>> {
  const { controllerChannel, platform } = broker;
  const timeoutMs = Math.min(CONTROLLER_WAIT_MAX_MS, Math.max(1, request.timeoutMs));
  const deadline = platform.clock.monotonicMs() + timeoutMs;
  const outcome = await controllerChannel.unary(
    rpc.method,
    rpc.encodeRequest({ ...request, timeoutMs }),
    timeoutMs,
    trace,
  );
  if (!outcome.ok) return channelFailure(outcome.error);
  const response = decoded(rpc, outcome.value);
  if (!response.ok || response.value.metadataOffset < 0) return response;
  await broker.waitForMetadata(response.value.metadataOffset, Math.max(0, deadline - platform.clock.monotonicMs()));
  return response;
}

/** Retriable but for the last: after a timeout or a broken connection the change may or may not have been made. */
function channelFailure({ reason, status, message }: ChannelFailure): Result<never> {
  if (reason === 'timeout' || reason === 'reset' || status === 'DEADLINE_EXCEEDED') {
    return failure('REQUEST_TIMED_OUT', `the controller did not answer in time: ${message}`);
  }
  if (status === 'INVALID_ARGUMENT') return failure('INVALID_REQUEST', message);
  return failure('NOT_CONTROLLER', `no active controller can be reached: ${message}`);
}

function decoded<Request, Response>(rpc: Rpc<Request, Response>, bytes: Uint8Array): Result<Response> {
  try {
    return success(rpc.decodeResponse(bytes));
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    return failure('UNKNOWN_SERVER_ERROR', `the controller's answer cannot be read: ${error.message}`);
  }
}
