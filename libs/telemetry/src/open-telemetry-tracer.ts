import { createRequire } from 'node:module';
import { noTracer, type Span, type TraceContext, type Tracer } from '@milena/platform';
import type * as OpenTelemetry from '@opentelemetry/api';

type Api = typeof OpenTelemetry;

/** Where @opentelemetry/api keeps what an SDK registered; shared by all copies of version 1 in a process. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/**
 * A tracer on the OpenTelemetry SDK that was loaded before us (`node --require ./otel.cjs main.js`); without one, tracing
 * is off and the API is not even loaded.
 */
export function createTracer(name: string): Tracer {
  const registry = (globalThis as Record<symbol, unknown>)[REGISTRY] as { trace?: unknown } | undefined;
  if (registry?.trace === undefined) return noTracer;
  return tracerOn(createRequire(__filename)('@opentelemetry/api') as Api, name);
}

function tracerOn(api: Api, name: string): Tracer {
  const kinds = { server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, internal: api.SpanKind.INTERNAL };
  const tracer = api.trace.getTracer(name);
  return {
    startSpan(spanName, { kind = 'internal', parent, links = [], attributes = {} } = {}) {
      const parentContext = parent && spanContext(parent);
      const context =
        parentContext === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, parentContext);
      const linked = links.map(spanContext).filter((link) => link !== undefined);
      const options = { kind: kinds[kind], attributes, links: linked.map((link) => ({ context: link })) };
      return adapt(api, tracer.startSpan(spanName, options, context));
    },
  };
}

function adapt(api: Api, span: OpenTelemetry.Span): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    context: { traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}` },
    setAttribute: (key, value) => void span.setAttribute(key, value),
    end: (error) => {
      if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: error });
      span.end();
    },
  };
}

function spanContext({ traceparent }: TraceContext): OpenTelemetry.SpanContext | undefined {
  const match = TRACEPARENT.exec(traceparent);
  if (match === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}
