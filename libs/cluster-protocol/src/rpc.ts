import { create, type DescMessage, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { decodeMessage } from './wire-values';

/**
 * One RPC: its method path and the translation between core values and the wire. Decoders throw MalformedInput on bytes
 * that are no such message or carry values that cannot be.
 */
export interface Rpc<Request, Response> {
  /** `/package.Service/Method`. */
  readonly method: string;
  encodeRequest(request: Request): Uint8Array;
  decodeRequest(bytes: Uint8Array): Request;
  encodeResponse(response: Response): Uint8Array;
  decodeResponse(bytes: Uint8Array): Response;
}

/** How one core value looks on the wire. */
export interface WireForm<Schema extends DescMessage, Core> {
  readonly schema: Schema;
  toWire(core: Core): MessageInitShape<Schema>;
  fromWire(message: MessageShape<Schema>): Core;
}

/** Builds an RPC from the wire forms of its request and response. `method` is `package.Service/Method` below `milena`. */
export function defineRpc<RequestSchema extends DescMessage, Request, ResponseSchema extends DescMessage, Response>(
  method: string,
  request: WireForm<RequestSchema, Request>,
  response: WireForm<ResponseSchema, Response>,
): Rpc<Request, Response> {
  return {
    method: `/milena.${method}`,
    encodeRequest: (core) => toBinary(request.schema, create(request.schema, request.toWire(core))),
    decodeRequest: (bytes) => request.fromWire(decodeMessage(request.schema, bytes)),
    encodeResponse: (core) => toBinary(response.schema, create(response.schema, response.toWire(core))),
    decodeResponse: (bytes) => response.fromWire(decodeMessage(response.schema, bytes)),
  };
}
