import { MalformedInput } from '@milena/bytes';
import { failure, success, type Result } from '@milena/model';
import type { ChannelFailure } from '@milena/platform';
import type { BrokerContext } from '../broker-context';
import type { RequestContext } from './api-handler';

/** Longest time one request may keep its connection waiting for the controller, milliseconds. */
const CONTROLLER_WAIT_MAX_MS = 60_000;

/** The parts of an RPC of `@milena/cluster-protocol` a caller needs. */
export interface ControllerRpc<Request, Response> {
  readonly method: string;
  encodeRequest(request: Request): Uint8Array;
  decodeResponse(bytes: Uint8Array): Response;
}

/** What every answer to a change tells: the last offset it wrote, negative when it wrote nothing. */
export interface MetadataChange {
  readonly metadataOffset: number;
}

/**
 * Has the active controller make a change, then waits until this broker's own image shows it, so that the client finds
 * what it was told exists. `timeoutMs` bounds both together. When only the second wait is cut short the answer stands.
 */
export async function changeMetadata<Request, Response extends MetadataChange>(
  { broker, trace }: { readonly broker: BrokerContext; readonly trace: RequestContext['trace'] },
  rpc: ControllerRpc<Request, Response>,
  request: Request,
  timeoutMs: number,
): Promise<Result<Response>> {
  const { controllerChannel, platform } = broker;
  const waitMs = Math.min(CONTROLLER_WAIT_MAX_MS, Math.max(1, timeoutMs));
  const deadline = platform.clock.monotonicMs() + waitMs;
  const outcome = await controllerChannel.unary(rpc.method, rpc.encodeRequest(request), waitMs, trace);
  if (!outcome.ok) return channelFailure(outcome.error);
  const response = decoded(rpc, outcome.value);
  if (!response.ok || response.value.metadataOffset < 0) return response;
  await broker.waitForMetadata(response.value.metadataOffset, Math.max(0, deadline - platform.clock.monotonicMs()));
  return response;
}

/** All of them retriable: after a timeout or a broken connection the change may or may not have been made. */
function channelFailure({ reason, message }: ChannelFailure): Result<never> {
  const isUnknown = reason === 'timeout' || reason === 'reset';
  return isUnknown
    ? failure('REQUEST_TIMED_OUT', `the controller did not answer in time: ${message}`)
    : failure('NOT_CONTROLLER', `no active controller can be reached: ${message}`);
}

function decoded<Response>(rpc: ControllerRpc<never, Response>, bytes: Uint8Array): Result<Response> {
  try {
    return success(rpc.decodeResponse(bytes));
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    return failure('UNKNOWN_SERVER_ERROR', `the controller's answer cannot be read: ${error.message}`);
  }
}
