import { create, type DescMessage, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { quickFields } from './quick-fields';
import { readQuickly } from './quick-reader';
import { writeQuickly } from './quick-writer';
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
  const requests = codecOf(request);
  const responses = codecOf(response);
  return {
    method: `/milena.${method}`,
    encodeRequest: (core) => requests.encode(core),
    decodeRequest: (bytes) => requests.decode(bytes),
    encodeResponse: (core) => responses.encode(core),
    decodeResponse: (bytes) => responses.decode(bytes),
  };
}

/** Most messages are plain and take the short way; the generated code has the others, and the last word on what is wrong. */
function codecOf<Schema extends DescMessage, Core>({
  schema,
  toWire,
  fromWire,
}: WireForm<Schema, Core>): {
  encode(core: Core): Uint8Array;
  decode(bytes: Uint8Array): Core;
} {
  const fields = quickFields(schema);
  return {
    encode(core) {
      const message = toWire(core);
      const quick = fields === undefined ? undefined : writeQuickly(fields, message);
      return quick ?? toBinary(schema, create(schema, message));
    },
    decode(bytes) {
      const quick = fields === undefined ? undefined : readQuickly(fields, bytes);
      return fromWire((quick as MessageShape<Schema> | undefined) ?? decodeMessage(schema, bytes));
    },
  };
}
