import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Code, ConnectError, createConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';
import type { UniversalHandler, UniversalServerResponse } from '@connectrpc/connect/protocol';
import type { AdminMethod } from '@milena/gateway-server';
import { errorInfo, type Failure } from '@milena/model';
import type { Logger, Platform } from '@milena/platform';
import {
  createCallInstruments,
  failureDetails,
  grpcStatusCode,
  incomingTrace,
  methodPath,
  rethrowOutside,
  type ObserveCall,
} from '@milena/rpc';
import { ANONYMOUS } from './admin-grpc';
import { withErrorDetails } from './connect-error-details';

/** Longest request body that is read. */
const BODY_BYTES_MAX = 1024 * 1024;
/** Longest time a caller may ask for. */
const TIMEOUT_MS_MAX = 60_000;
/** Calls that are read and answered at one time: together with the limit of a body this bounds what they may hold. */
const CALLS_MAX = 128;
const MESSAGE_CHARACTERS_MAX = 1024;

/** Answers an HTTP request of the Connect protocol; others with a line that says what is wrong. */
export type ConnectHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The admin API over the Connect protocol: a POST of JSON (or protobuf) to `/package.Service/Method`, a GET for methods
 * without side effects. gRPC has a port of its own. The routes are served by hand, because the library's own adapter throws
 * out of the server's event for a request without a usable Host.
 */
export function createAdminConnect(
  methods: readonly AdminMethod[],
  { tracer, meter, logger }: Pick<Platform, 'tracer' | 'meter' | 'logger'>,
): ConnectHandler {
  const observe = createCallInstruments({ side: 'server', system: 'connectrpc', tracer, meter, startsTraces: true });
  const router = createConnectRouter({
    grpc: false,
    grpcWeb: false,
    // Nothing is decompressed: a short body could become a long one.
    acceptCompression: [],
    readMaxBytes: BODY_BYTES_MAX,
    maxTimeoutMs: TIMEOUT_MS_MAX,
    // A misspelt field must not be a request for something else; answers have the same shape whatever their values are.
    jsonOptions: { ignoreUnknownFields: false, alwaysEmitImplicit: true },
  });
  for (const each of methods) {
    router.rpc(each.method, (request, context: HandlerContext) => answered(each, request, context, observe));
  }
  const routes = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  let underWay = 0;
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const route = routes.get(path);
    if (route === undefined) return explain(response, 404, pathsText(methods));
    if (underWay === CALLS_MAX) {
      response.setHeader('retry-after', '1');
      return explain(response, 503, 'too many calls at one time\n');
    }
    underWay += 1;
    response.once('close', () => (underWay -= 1));
    void serve(route, request, response, logger);
  };
}

async function answered(
  { method, answer }: AdminMethod,
  request: Parameters<AdminMethod['answer']>[0],
  context: HandlerContext,
  observe: ObserveCall,
) {
  const parent = incomingTrace(context.requestHeader.get('traceparent'));
  const observed = observe({ method: methodPath(method), parent, traced: true, attributes: {} });
  const { trace } = observed;
  const call = { principal: ANONYMOUS, ...(trace === undefined ? {} : { trace }) };
  const answering = answer(request, call).catch((error: unknown) => {
    rethrowOutside(error);
    throw error;
  });
  const outcome = await Promise.race([answering, endOf(context.signal)]);
  if (outcome === undefined) {
    observed.end({ reason: 'timeout', message: 'the caller did not wait' });
    throw ConnectError.from(context.signal.reason);
  }
  if (outcome.ok) {
    observed.end(undefined);
    return outcome.value;
  }
  const { code, message } = outcome.error;
  observed.end({ reason: 'status', status: errorInfo(code).grpcStatus, failure: outcome.error, message });
  throw connectError(outcome.error);
}

/** Resolves when the caller's time is over, or it went away: what it asked for goes on within bounds of its own. */
function endOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** A Failure as Connect tells it: gRPC's codes by other names, and the same details. */
function connectError(failed: Failure): ConnectError {
  // Connect numbers its codes as gRPC does.
  const code = grpcStatusCode(errorInfo(failed.code).grpcStatus) as number as Code;
  const message = failed.message.slice(0, MESSAGE_CHARACTERS_MAX);
  return new ConnectError(message, code, undefined, [...failureDetails(failed)]);
}

async function serve(
  route: UniversalHandler,
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger,
): Promise<void> {
  if (!route.allowedMethods.includes(request.method ?? '')) {
    response.setHeader('allow', route.allowedMethods.join(', '));
    return explain(response, 405, `only ${route.allowedMethods.join(' and ')}\n`);
  }
  try {
    const outcome = await route(universalRequestFromNodeRequest(request, response, undefined, undefined));
    if (outcome.status === 415) return explain(response, 415, 'the content-type must be application/json\n');
    await universalResponseToNodeResponse(await withDetails(outcome), response);
  } catch (error) {
    // The caller went away, or its Host header makes no URL: neither concerns anybody else.
    logger.debug('an HTTP request failed', { error: error instanceof Error ? error.message : String(error) });
    explain(response, 400, 'the request cannot be read\n');
  }
}

async function withDetails(outcome: UniversalServerResponse): Promise<UniversalServerResponse> {
  const { status, body, header } = outcome;
  if (status === 200 || body === undefined) return outcome;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const detailed = withErrorDetails(Buffer.concat(chunks));
  header?.set('content-length', String(detailed.byteLength));
  return { ...outcome, body: only(detailed) };
}

async function* only(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(chunk);
}

/** Answers with a line for people. What is left of the request is not read: the connection ends with the answer. */
function explain(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  };
  response.writeHead(status, headers).end(text);
}

function pathsText(methods: readonly AdminMethod[]): string {
  const paths = methods.map(({ method }) => `POST ${methodPath(method)}`);
  return ['Milena admin API. JSON in, JSON out:', ...paths, ''].join('\n');
}
