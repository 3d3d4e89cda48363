import { create, toBinary } from '@bufbuild/protobuf';
import type { ErrorName, Failure } from '@milena/model';
import { failureDetails } from '@milena/rpc';

/** An error of the Connect protocol as JSON. */
interface ConnectErrorJson {
  readonly code: string;
  readonly message?: string;
  readonly details?: readonly unknown[];
}

/** Kafka's names for errors that are found before a handler is asked; by Connect's codes. */
const REASONS: Readonly<Record<string, ErrorName>> = {
  invalid_argument: 'INVALID_REQUEST',
  resource_exhausted: 'MESSAGE_TOO_LARGE',
  unimplemented: 'UNSUPPORTED_VERSION',
  deadline_exceeded: 'REQUEST_TIMED_OUT',
  canceled: 'REQUEST_TIMED_OUT',
};

/**
 * The body of an error answer with ErrorInfo in it. What the library itself refuses, JSON that cannot be read above all,
 * comes without details; what handlers refuse has them already.
 */
export function withErrorDetails(body: Uint8Array): Uint8Array {
  const error = JSON.parse(Buffer.from(body).toString()) as ConnectErrorJson;
  if (error.details !== undefined && error.details.length > 0) return body;
  const code = REASONS[error.code] ?? 'UNKNOWN_SERVER_ERROR';
  return Buffer.from(JSON.stringify({ ...error, details: detailsJson({ code, message: error.message ?? '' }) }));
}

function detailsJson(failed: Failure): readonly unknown[] {
  return failureDetails(failed).map(({ desc, value }) => ({
    type: desc.typeName,
    value: Buffer.from(toBinary(desc, create(desc, value)))
      .toString('base64')
      .replace(/=+$/, ''),
  }));
}
