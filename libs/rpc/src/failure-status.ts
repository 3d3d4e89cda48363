import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { anyPack, anyUnpack } from '@bufbuild/protobuf/wkt';
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { errorInfo, isErrorName, type Failure } from '@milena/model';
import { ErrorInfoSchema, RpcStatusSchema } from '@milena/proto';
import { ERROR_DOMAIN, failureDetails, wellFormed } from './failure-details';
import { grpcStatusCode } from './grpc-status';

const DETAILS_KEY = 'grpc-status-details-bin';
/** Status and details travel in HTTP/2 headers, whose whole list peers may limit to 16 KiB. */
const MESSAGE_CHARACTERS_MAX = 1024;

/** The gRPC status of a Failure: the table's status code, with google.rpc.Status and its details (AIP-193). */
export function failureStatus(failure: Failure): StatusObject {
  const code = grpcStatusCode(errorInfo(failure.code).grpcStatus);
  const message = wellFormed(failure.message.slice(0, MESSAGE_CHARACTERS_MAX));
  const details = failureDetails(failure).map(({ desc, value }) => anyPack(desc, create(desc, value)));
  const metadata = new Metadata();
  metadata.set(
    DETAILS_KEY,
    Buffer.from(toBinary(RpcStatusSchema, create(RpcStatusSchema, { code, message, details }))),
  );
  return { code, details: message, metadata };
}

/** The Failure in the details of a status; undefined when there is none, it cannot be read, or it is not one of ours. */
export function failureOfStatus(metadata: Metadata): Failure | undefined {
  const [bytes] = metadata.get(DETAILS_KEY);
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    const { message, details } = fromBinary(RpcStatusSchema, bytes);
    for (const detail of details) {
      const info = anyUnpack(detail, ErrorInfoSchema);
      if (info?.domain === ERROR_DOMAIN && isErrorName(info.reason)) return { code: info.reason, message };
    }
  } catch {
    // The peer sent bytes that are no google.rpc.Status: its status code and message still stand.
  }
  return undefined;
}
