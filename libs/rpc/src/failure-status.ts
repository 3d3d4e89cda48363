import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { anyPack, anyUnpack } from '@bufbuild/protobuf/wkt';
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { errorInfo, isErrorName, type Failure } from '@milena/model';
import { ErrorInfoSchema, RpcStatusSchema } from '@milena/proto';
import { grpcStatusCode } from './grpc-status';

/** Domain of the reasons in google.rpc.ErrorInfo: Kafka's error names. */
const ERROR_DOMAIN = 'kafka.apache.org';
const DETAILS_KEY = 'grpc-status-details-bin';
/** Status and details travel in HTTP/2 headers, whose whole list peers may limit to 16 KiB. */
const MESSAGE_CHARACTERS_MAX = 1024;

/** The gRPC status of a Failure: the table's status code, with google.rpc.Status and ErrorInfo as details (AIP-193). */
export function failureStatus({ code, message }: Failure): StatusObject {
  const { grpcStatus, code: kafkaCode } = errorInfo(code);
  // Through UTF-8, which replaces half a surrogate pair: grpc-js would throw on one.
  const details = Buffer.from(message.slice(0, MESSAGE_CHARACTERS_MAX)).toString();
  const info = create(ErrorInfoSchema, {
    reason: code,
    domain: ERROR_DOMAIN,
    metadata: { kafka_error_code: String(kafkaCode) },
  });
  const rpcStatus = create(RpcStatusSchema, {
    code: grpcStatusCode(grpcStatus),
    message: details,
    details: [anyPack(ErrorInfoSchema, info)],
  });
  const metadata = new Metadata();
  metadata.set(DETAILS_KEY, Buffer.from(toBinary(RpcStatusSchema, rpcStatus)));
  return { code: grpcStatusCode(grpcStatus), details, metadata };
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
