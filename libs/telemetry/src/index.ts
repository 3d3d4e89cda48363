export { createLogger, logLevel, type LoggerOptions, type LogLevel } from './pino-logger';
export { createTracing, type Tracing, type TracingOptions } from './tracing';
export { createServiceTelemetry, type ServiceTelemetry, type ServiceTelemetryOptions } from './service-telemetry';
export { runService, type RunServiceOptions, type Service } from './run-service';
export { createMonitorHandler, type MonitorHandler, type MonitorHandlerOptions } from './monitor-handler';
export { createMonitorServer, type MonitorServer } from './monitor-server';
export { MetricRegistry } from './metric-registry';
export { createMetricsPage, type MetricsPage } from './metrics-page';
export { limitPipelining } from './pipelining-limit';
