export { createLogger, logLevel, type LoggerOptions, type LogLevel } from './pino-logger';
export { createTracer } from './open-telemetry-tracer';
export { runService, type RunServiceOptions, type Service } from './run-service';
