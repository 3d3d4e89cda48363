import type { Logger, Meter, Tracer } from '@milena/platform';
import { MetricRegistry } from './metric-registry';
import { createMetricsPage } from './metrics-page';
import { createMonitorHandler, type MonitorHandler } from './monitor-handler';
import { createTracing } from './tracing';
import { createLogger, logLevel } from './pino-logger';
import type { Service } from './run-service';

/** Who speaks, and what the environment wants of it. */
export interface ServiceTelemetryOptions {
  /** `broker`, `controller-quorum`, `admin-gateway`, `zookeeper-shim`, `milena`. */
  readonly service: string;
  readonly nodeId: number;
  /** Log lines for people. */
  readonly pretty: boolean;
  /** Read for MILENA_LOG_LEVEL and OTEL_*. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What one node tells the outside. */
export interface ServiceTelemetry {
  /** The ports of `Platform` that a process is made with. */
  readonly outputs: { readonly logger: Logger; readonly tracer: Tracer; readonly meter: Meter };
  /** The monitor's pages over these metrics and a service. */
  monitor(service: Pick<Service, 'isReady' | 'whyNotReady'>): MonitorHandler;
  /** Sends what is not sent yet; bounded, never rejects. */
  stop(): Promise<void>;
}

/** Log, metrics and traces of one node. */
export function createServiceTelemetry(options: ServiceTelemetryOptions): ServiceTelemetry {
  const { service, nodeId, pretty, environment } = options;
  const logger = createLogger({ service, nodeId, level: logLevel(environment['MILENA_LOG_LEVEL']), pretty });
  const registry = new MetricRegistry(() => performance.now());
  const metricsPage = createMetricsPage(registry);
  const tracing = createTracing({ service, nodeId, environment, logger });
  return {
    outputs: { logger, tracer: tracing.tracer, meter: registry },
    monitor: (monitored) => createMonitorHandler({ metricsPage, service: monitored }),
    stop: () => tracing.stop(),
  };
}
