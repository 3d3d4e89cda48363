import { create, type DescMessage, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { errorCode, errorName, failure, success, type Result } from '@milena/model';
import { decodeMessage } from '../replica/replica-wire-values';

/**
 * One RPC of the active controller: its method path and the translation between the controller's values and the wire.
 * Decoders throw MalformedInput on bytes that are no such message or carry values that cannot be.
 */
export interface ControllerRpc<Request, Response> {
  /** `/package.Service/Method`. */
  readonly method: string;
  encodeRequest(request: Request): Uint8Array;
  decodeRequest(bytes: Uint8Array): Request;
  encodeResponse(response: Response): Uint8Array;
  decodeResponse(bytes: Uint8Array): Response;
}

/** How one value of the controller looks on the wire. */
export interface WireForm<Schema extends DescMessage, Core> {
  readonly schema: Schema;
  toWire(core: Core): MessageInitShape<Schema>;
  fromWire(message: MessageShape<Schema>): Core;
}

/** Builds an RPC from the wire forms of its request and response. `method` is `Service/Method`. */
export function controllerRpc<RequestSchema extends DescMessage, Request, ResponseSchema extends DescMessage, Response>(
  method: string,
  request: WireForm<RequestSchema, Request>,
  response: WireForm<ResponseSchema, Response>,
): ControllerRpc<Request, Response> {
  return {
    method: `/milena.controller.v1.${method}`,
    encodeRequest: (core) => toBinary(request.schema, create(request.schema, request.toWire(core))),
    decodeRequest: (bytes) => request.fromWire(decodeMessage(request.schema, bytes)),
    encodeResponse: (core) => toBinary(response.schema, create(response.schema, response.toWire(core))),
    decodeResponse: (bytes) => response.fromWire(decodeMessage(response.schema, bytes)),
  };
}

/** The error fields that every outcome carries. */
export interface WireOutcome {
  readonly errorCode: number;
  readonly errorMessage: string;
}

/** Error fields of an outcome; those of NONE when it is good. */
export function outcomeToWire(result: Result<unknown>): WireOutcome {
  return result.ok
    ? { errorCode: errorCode('NONE'), errorMessage: '' }
    : { errorCode: errorCode(result.error.code), errorMessage: result.error.message };
}

/** The outcome that error fields tell of; `value` reads the rest of the message and runs only when it is good. */
export function outcomeFromWire<T>({ errorCode: code, errorMessage }: WireOutcome, value: () => T): Result<T> {
  const name = errorName(code);
  return name === 'NONE' ? success(value()) : failure(name, errorMessage);
}
