import type { DescMessage, DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { invariant, type Result } from '@milena/model';
import type { TraceContext } from '@milena/platform';

/** What a handler knows of a call besides its request. */
export interface AdminCall {
  /** On whose behalf it is made, in Kafka's text form. */
  readonly principal: string;
  /** The span of the call; undefined when nothing is traced. */
  readonly trace?: TraceContext;
}

/** One unary method of the admin API, whatever it is called over. */
export interface AdminMethod {
  readonly method: DescMethod & { readonly methodKind: 'unary' };
  /** Answers a request of the method's input type with fields of its output type. Never rejects for what a caller sent. */
  answer(request: MessageShape<DescMessage>, call: AdminCall): Promise<Result<MessageInitShape<DescMessage>>>;
}

/** A service descriptor as protoc-gen-es writes it: its methods are known by name. */
export type AdminServiceDescriptor = Omit<DescService, 'method'> & {
  readonly method: Readonly<Record<string, DescMethod>>;
};

type Request<S extends AdminServiceDescriptor, Name extends keyof S['method']> = MessageShape<
  S['method'][Name]['input']
>;
type Response<S extends AdminServiceDescriptor, Name extends keyof S['method']> = MessageInitShape<
  S['method'][Name]['output']
>;

/** What the handler of a method answers. */
export type AdminAnswer<S extends AdminServiceDescriptor, Name extends keyof S['method']> = Promise<
  Result<Response<S, Name>>
>;

/** A handler for every method of a service, by the methods' names in TypeScript. */
export type AdminHandlers<S extends AdminServiceDescriptor> = {
  readonly [Name in keyof S['method']]: (request: Request<S, Name>, call: AdminCall) => AdminAnswer<S, Name>;
};

/** The methods of a service with their handlers. */
export function adminMethods<S extends AdminServiceDescriptor>(
  service: S,
  handlers: AdminHandlers<S>,
): readonly AdminMethod[] {
  return Object.entries(service.method).map(([name, method]) => {
    invariant(isUnary(method), 'the admin API has unary methods only', { service: service.typeName, name });
    // The descriptor's types and its values say the same; only the compiler cannot see it.
    const answer = handlers[name as keyof S['method']] as unknown as AdminMethod['answer'];
    return { method, answer: (request, call) => answer(request, call) };
  });
}

function isUnary(method: DescMethod): method is AdminMethod['method'] {
  return method.methodKind === 'unary';
}
