import { noTracer, silentLogger } from '@milena/platform';
import { createRecordingLogger } from '@milena/platform/testing';
import { context, trace, SpanKind, type Context, type Span, type SpanOptions } from '@opentelemetry/api';
import { createTracing, type TracingOptions } from './tracing';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

interface Started {
  readonly name: string;
  readonly options: SpanOptions;
  readonly parent: string | undefined;
}

function registerSdk(started: Started[]): void {
  const startSpan = (name: string, options: SpanOptions = {}, parent: Context = context.active()): Span => {
    started.push({ name, options, parent: trace.getSpanContext(parent)?.spanId });
    return trace.wrapSpanContext({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: '00f067aa0ba902b7',
      traceFlags: 1,
    });
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan: () => undefined as never }) });
}

const options = (environment: TracingOptions['environment'] = {}): TracingOptions => ({
  service: 'broker',
  nodeId: 1,
  environment,
  logger: silentLogger,
});

describe('createTracing', () => {
  afterEach(() => trace.disable());

  it('is off while no SDK was loaded and nothing asks for one', () => {
    expect(createTracing(options()).tracer).toBe(noTracer);
    expect(createTracing(options({ OTEL_SERVICE_NAME: 'only a name' })).tracer).toBe(noTracer);
  });

  it('starts spans under the parent that travelled with a request', () => {
    const started: Started[] = [];
    registerSdk(started);
    const span = createTracing(options()).tracer.startSpan('create topics', {
      kind: 'server',
      parent: { traceparent: PARENT },
    });
    expect(started).toMatchObject([
      { name: 'create topics', options: { kind: SpanKind.SERVER }, parent: 'b7ad6b7169203331' },
    ]);
    expect(span.context?.traceparent).toBe('00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01');
  });

  it('starts a trace of its own when the parent is not one', () => {
    const started: Started[] = [];
    registerSdk(started);
    createTracing(options({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).tracer.startSpan('apply', {
      parent: { traceparent: 'nonsense' },
    });
    expect(started[0]?.parent).toBeUndefined();
  });

  it('is off, with a warning, when the exporter cannot be made', () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'not a url', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    // The exporters read the process's own environment.
    const before = { ...process.env };
    Object.assign(process.env, environment);
    try {
      const logger = createRecordingLogger();
      expect(createTracing({ ...options(environment), logger }).tracer).toBe(noTracer);
      expect(logger.lines).toEqual([expect.objectContaining({ level: 'warn', message: 'traces are not exported' })]);
    } finally {
      process.env = before;
    }
  });
});
