import type { GrpcStatusName } from '@milena/model';
import { status } from '@grpc/grpc-js';

const NAMES: readonly GrpcStatusName[] = [
  'OK',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

const nameByCode = new Map<number, GrpcStatusName>(NAMES.map((name) => [status[name], name]));

/** gRPC's number of a status. */
export function grpcStatusCode(name: GrpcStatusName): status {
  return status[name];
}

/** Name of a status number; those our error table does not use (UNKNOWN, CANCELLED) are INTERNAL. */
export function grpcStatusName(code: number): GrpcStatusName {
  return nameByCode.get(code) ?? 'INTERNAL';
}
