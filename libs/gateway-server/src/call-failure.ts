import { MalformedInput } from '@milena/bytes';
import type { Rpc } from '@milena/cluster-protocol';
import { failure, success, type ErrorName, type Failure, type Result } from '@milena/model';
import type { ChannelFailure } from '@milena/platform';

/**
 * The Kafka error of a call that did not succeed: what the peer answered, REQUEST_TIMED_OUT when it is unknown whether the
 * peer did what it was asked, `unreachable` when it certainly did not.
 */
export function callFailure(
  { reason, status, failure: told, message }: ChannelFailure,
  unreachable: ErrorName,
  peer: string,
): Failure {
  if (told !== undefined) return told;
  if (reason === 'timeout' || reason === 'reset' || status === 'DEADLINE_EXCEEDED') {
    return failure('REQUEST_TIMED_OUT', `${peer} did not answer in time: ${message}`).error;
  }
  if (status === 'UNIMPLEMENTED') return failure('UNSUPPORTED_VERSION', `${peer} is too old: ${message}`).error;
  return failure(unreachable, `${peer} cannot be reached: ${message}`).error;
}

/** The answer in `bytes`; UNKNOWN_SERVER_ERROR when they are none. */
export function decodedAnswer<Request, Response>(
  rpc: Rpc<Request, Response>,
  bytes: Uint8Array,
  peer: string,
): Result<Response> {
  try {
    return success(rpc.decodeResponse(bytes));
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    return failure('UNKNOWN_SERVER_ERROR', `the answer of ${peer} cannot be read: ${error.message}`);
  }
}
