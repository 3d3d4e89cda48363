import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConnectError, type Code, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import type { AdminMethod } from '@milena/gateway-server';
import { errorInfo, type Failure } from '@milena/model';
import type { Platform } from '@milena/platform';
import {
  createCallInstruments,
  failureDetails,
  grpcStatusCode,
  incomingTrace,
  methodPath,
  rethrowOutside,
} from '@milena/rpc';
import { ANONYMOUS } from './admin-grpc';

/** Longest request body that is read. */
const BODY_BYTES_MAX = 1024 * 1024;
/** Longest time a caller may ask for. */
const TIMEOUT_MS_MAX = 60_000;
const MESSAGE_CHARACTERS_MAX = 1024;

/** Answers an HTTP request of the Connect protocol; others with 404. */
export type ConnectHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The admin API over the Connect protocol: a POST of JSON (or protobuf) to `/package.Service/Method`, a GET for methods
 * without side effects. gRPC has a port of its own.
 */
export function createAdminConnect(
  methods: readonly AdminMethod[],
  { tracer, meter }: Pick<Platform, 'tracer' | 'meter'>,
): ConnectHandler {
  const observe = createCallInstruments({ side: 'server', system: 'connectrpc', tracer, meter });

  const serve = (router: ConnectRouter, { method, answer }: AdminMethod): void => {
    router.rpc(method, async (request, context: HandlerContext) => {
      const parent = incomingTrace(context.requestHeader.get('traceparent'));
      const observed = observe({ method: methodPath(method), parent, traced: true, attributes: {} });
      const { trace } = observed;
      const outcome = await answer(request, { principal: ANONYMOUS, ...(trace === undefined ? {} : { trace }) }).catch(
        (error: unknown) => {
          rethrowOutside(error);
          throw error;
        },
      );
      if (outcome.ok) {
        observed.end(undefined);
        return outcome.value;
      }
      const { code, message } = outcome.error;
      observed.end({ reason: 'status', status: errorInfo(code).grpcStatus, failure: outcome.error, message });
      throw connectError(outcome.error);
    });
  };

  return connectNodeAdapter({
    routes: (router) => {
      for (const each of methods) serve(router, each);
    },
    grpc: false,
    grpcWeb: false,
    readMaxBytes: BODY_BYTES_MAX,
    maxTimeoutMs: TIMEOUT_MS_MAX,
  });
}

/** A Failure as Connect tells it: gRPC's codes by other names, and the same details. */
function connectError(failed: Failure): ConnectError {
  // Connect numbers its codes as gRPC does.
  const code = grpcStatusCode(errorInfo(failed.code).grpcStatus) as number as Code;
  const message = failed.message.slice(0, MESSAGE_CHARACTERS_MAX);
  return new ConnectError(message, code, undefined, [...failureDetails(failed)]);
}
