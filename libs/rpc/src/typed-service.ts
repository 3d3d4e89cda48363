import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethod,
  type DescService,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';
import { invariant, success, type Result } from '@milena/model';
import type { CallContext, CallOptions, Channel, ChannelFailure, ServiceHost } from '@milena/platform';

/** A service descriptor as protoc-gen-es writes it: its methods are known by name. */
export type TypedService = Omit<DescService, 'method'> & { readonly method: Readonly<Record<string, DescMethod>> };

type UnaryNames<S extends TypedService> = {
  [Name in keyof S['method']]: S['method'][Name]['methodKind'] extends 'unary' ? Name : never;
}[keyof S['method']];
type Input<S extends TypedService, Name extends keyof S['method']> = S['method'][Name]['input'];
type Output<S extends TypedService, Name extends keyof S['method']> = S['method'][Name]['output'];

/** Handlers of a service's unary methods, by the methods' names in TypeScript. */
export type UnaryHandlers<S extends TypedService> = {
  readonly [Name in UnaryNames<S>]: (
    request: MessageShape<Input<S, Name>>,
    context: CallContext,
  ) => Promise<Result<MessageInitShape<Output<S, Name>>>>;
};

/** Outcome of a typed call. */
export type CallOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ChannelFailure };

/** The unary methods of a service as functions. */
export type ServiceClient<S extends TypedService> = {
  readonly [Name in UnaryNames<S>]: (
    request: MessageInitShape<Input<S, Name>>,
    options: CallOptions,
  ) => Promise<CallOutcome<MessageShape<Output<S, Name>>>>;
};

/** The path gRPC calls a method by: `/package.Service/Method`. */
export function methodPath(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** Decodes a message from a peer; throws MalformedInput when the bytes are none. */
export function decodeMessage<S extends DescMessage>(schema: S, bytes: Uint8Array): MessageShape<S> {
  try {
    return fromBinary(schema, bytes);
  } catch (error) {
    throw new MalformedInput(`not a ${schema.typeName}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type AnyHandler = (request: unknown, context: CallContext) => Promise<Result<MessageInitShape<DescMessage>>>;

/** Registers the unary methods of a service. Streams are registered by path, because their bytes pass through. */
export function serveUnary<S extends TypedService>(host: ServiceHost, service: S, handlers: UnaryHandlers<S>): void {
  for (const [name, handle] of Object.entries<AnyHandler>(handlers as Readonly<Record<string, AnyHandler>>)) {
    const method = service.method[name];
    invariant(method?.methodKind === 'unary', 'not a unary method of the service', { service: service.typeName, name });
    host.unary(methodPath(method), async (request, context) => {
      const outcome = await handle(decodeMessage(method.input, request), context);
      return outcome.ok ? success(toBinary(method.output, create(method.output, outcome.value))) : outcome;
    });
  }
}

/** The unary methods of a service over a channel. An answer that cannot be read is a failure with the status INTERNAL. */
export function createServiceClient<S extends TypedService>(channel: Channel, service: S): ServiceClient<S> {
  const call =
    (method: DescMethod) =>
    async (request: MessageInitShape<DescMessage>, options: CallOptions): Promise<CallOutcome<unknown>> => {
      const bytes = toBinary(method.input, create(method.input, request));
      const outcome = await channel.unary(methodPath(method), bytes, options);
      if (!outcome.ok) return outcome;
      try {
        return { ok: true, value: decodeMessage(method.output, outcome.value) };
      } catch (error) {
        if (!(error instanceof MalformedInput)) throw error;
        return { ok: false, error: { reason: 'status', status: 'INTERNAL', message: error.message } };
      }
    };
  const methods = Object.entries(service.method).filter(([, method]) => method.methodKind === 'unary');
  // The descriptor's types and its values say the same; only the compiler cannot see it.
  return Object.fromEntries(methods.map(([name, method]) => [name, call(method)])) as unknown as ServiceClient<S>;
}
