import type { TraceContext } from '@milena/platform';

/** W3C Trace Context, version 00 and what later versions may add behind it left out. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/**
 * The context that a caller sent as `traceparent`; undefined when it is none. It is handed on to other services and written
 * into the metadata log, so nothing else may pass.
 */
export function incomingTrace(traceparent: unknown): TraceContext | undefined {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : undefined;
}
