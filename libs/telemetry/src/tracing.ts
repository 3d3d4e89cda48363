import { createRequire } from 'node:module';
import { noTracer, type Logger, type Tracer } from '@milena/platform';
import { otelVariables } from './otel-variables';
import { tracerOn, type OpenTelemetryApi } from './open-telemetry-tracer';
import { startSpanExport } from './span-export';

/** Where @opentelemetry/api keeps what an SDK registered; shared by all copies of version 1 in a process. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');
/** How long the last spans may take at the end of a process. */
const FLUSH_WITHIN_MS = 1_500;

/** Who makes the spans. */
export interface TracingOptions {
  readonly service: string;
  readonly nodeId: number;
  /** Read for OTEL_*. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

/** A tracer, and the end of its exporter. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Sends the last spans; bounded, never rejects. */
  stop(): Promise<void>;
}

const OFF: Tracing = { tracer: noTracer, stop: () => Promise.resolve() };

/**
 * Traces for a service: through the SDK that was loaded before us (`node --require ./otel.cjs main.js`), else through one
 * of our own when OTEL_* asks for traces to be exported. Otherwise tracing is off and nothing is loaded; so it is, with a
 * warning, when the exporter cannot be made.
 */
export function createTracing({ service, nodeId, environment, logger }: TracingOptions): Tracing {
  const registry = (globalThis as Record<symbol, unknown>)[REGISTRY] as { trace?: unknown } | undefined;
  const isPreloaded = registry?.trace !== undefined;
  const variables = isPreloaded ? undefined : otelVariables(environment);
  if (!isPreloaded && variables === undefined) return OFF;
  const api = createRequire(__filename)('@opentelemetry/api') as OpenTelemetryApi;
  if (variables === undefined) return { tracer: tracerOn(api, api.trace.getTracer(service)), stop: async () => {} };
  for (const problem of variables.problems) logger.warn('configuration', { warning: problem });
  try {
    const { tracer, shutdown } = startSpanExport({ service, nodeId, variables, logger });
    logger.info('traces are exported', { protocol: variables.protocol });
    return { tracer: tracerOn(api, tracer), stop: () => within(FLUSH_WITHIN_MS, shutdown()) };
  } catch (error) {
    // Exporters read their variables themselves and throw at some; nobody's service should end for that.
    logger.warn('traces are not exported', { error });
    return OFF;
  }
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });
}
