import type { NodeConfig } from '@milena/config';
import { endpointText, type Endpoint } from '@milena/model';
import type { Logger } from '@milena/platform';
import {
  createMonitorServer,
  type MonitorHandler,
  type MonitorServer,
  type Service,
  type ServiceTelemetry,
} from '@milena/telemetry';

/** What a service is made from, whichever it is. */
export interface ServiceParts {
  readonly config: NodeConfig;
  readonly outputs: ServiceTelemetry['outputs'];
  /** Called when the process must end at once, because its state can no longer be trusted. */
  readonly onFatal: (error: unknown) => void;
  /** The monitor's pages, for a service with an HTTP listener of its own. */
  readonly monitor: MonitorHandler;
}

/** What a monitored service is made from. */
export interface MonitoredServiceOptions {
  readonly config: NodeConfig;
  readonly telemetry: ServiceTelemetry;
  readonly create: (parts: ServiceParts) => Service;
  readonly onFatal: (error: unknown) => void;
}

/**
 * A service together with its monitor endpoint: that one opens first and closes last, so that a start or a stop that takes
 * its time can be watched. When `monitor.listeners` was not given, a port that is taken only warns.
 */
export function createMonitoredService({ config, telemetry, create, onFatal }: MonitoredServiceOptions): Service {
  const { outputs } = telemetry;
  const readiness = {
    isReady: (): boolean => service.isReady(),
    whyNotReady: (): string | undefined => service.whyNotReady?.(),
  };
  const monitor = telemetry.monitor(readiness);
  const service = create({ config, outputs, onFatal, monitor });
  const { monitor: endpoint } = config.endpoints;
  const server = endpoint === undefined ? undefined : createMonitorServer(endpoint, monitor);
  const isDefault = !config.server.isGiven('monitor.listeners');
  let isStopping = false;
  return {
    ...readiness,
    async start() {
      if (server !== undefined && endpoint !== undefined) await open(server, endpoint, isDefault, outputs.logger);
      if (!isStopping) await service.start();
    },
    async stop() {
      isStopping = true;
      await service.stop();
      await server?.stop();
      await telemetry.stop();
    },
  };
}

async function open(server: MonitorServer, endpoint: Endpoint, isDefault: boolean, logger: Logger): Promise<void> {
  try {
    const bound = await server.start();
    if (bound === undefined) return;
    logger.info('metrics, health and readiness are served', { endpoint: endpointText(bound) });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'EADDRINUSE' ? 'is taken by another process' : `cannot be listened on: ${code}`;
    const text = `monitor.listeners: ${endpointText(endpoint)} ${reason}`;
    if (!isDefault) throw new Error(text, { cause: error });
    logger.warn('no monitor endpoint', { reason: `${text}; name another one with monitor.listeners=HTTP://host:port` });
  }
}
