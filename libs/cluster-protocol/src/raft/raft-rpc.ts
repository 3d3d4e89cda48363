import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';

/**
 * One RPC of the quorum: its method path and the translation between the state machine's messages and the wire. The
 * decoders throw MalformedInput on bytes that are no such message or carry values that cannot be.
 */
export interface RaftRpc<Request, Response> {
  /** `/package.Service/Method`. */
  readonly method: string;
  encodeRequest(request: Request): Uint8Array;
  decodeRequest(bytes: Uint8Array): Request;
  encodeResponse(response: Response): Uint8Array;
  decodeResponse(bytes: Uint8Array): Response;
}

/** How one message of the state machine looks on the wire. */
export interface WireForm<Schema extends DescMessage, Core> {
  readonly schema: Schema;
  toWire(core: Core): MessageInitShape<Schema>;
  fromWire(message: MessageShape<Schema>): Core;
}

/** Builds an RPC from the wire forms of its request and response. */
export function raftRpc<RequestSchema extends DescMessage, Request, ResponseSchema extends DescMessage, Response>(
  method: string,
  request: WireForm<RequestSchema, Request>,
  response: WireForm<ResponseSchema, Response>,
): RaftRpc<Request, Response> {
  return {
    method: `/milena.raft.v1.RaftService/${method}`,
    encodeRequest: (core) => encode(request, core),
    decodeRequest: (bytes) => decode(request, bytes),
    encodeResponse: (core) => encode(response, core),
    decodeResponse: (bytes) => decode(response, bytes),
  };
}

function encode<Schema extends DescMessage, Core>(form: WireForm<Schema, Core>, core: Core): Uint8Array {
  return toBinary(form.schema, create(form.schema, form.toWire(core)));
}

function decode<Schema extends DescMessage, Core>(form: WireForm<Schema, Core>, bytes: Uint8Array): Core {
  let message: MessageShape<Schema>;
  try {
    message = fromBinary(form.schema, bytes);
  } catch (cause) {
    throw new MalformedInput(`not a ${form.schema.typeName}`, { cause });
  }
  return form.fromWire(message);
}
