import type { Span, TraceContext, Tracer } from '@milena/platform';
import type * as OpenTelemetry from '@opentelemetry/api';

/** The package @opentelemetry/api, which is loaded only where somebody traces. */
export type OpenTelemetryApi = typeof OpenTelemetry;

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** The `Tracer` port on a tracer of OpenTelemetry. Nothing is put into its ambient context: parents are handed on. */
export function tracerOn(api: OpenTelemetryApi, tracer: OpenTelemetry.Tracer): Tracer {
  const kinds = { server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, internal: api.SpanKind.INTERNAL };
  return {
    isOn: true,
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

function adapt(api: OpenTelemetryApi, span: OpenTelemetry.Span): Span {
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
