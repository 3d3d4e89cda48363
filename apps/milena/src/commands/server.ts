import { createBrokerProcess } from '@milena/broker-process';
import type { NodeConfig } from '@milena/config';
import { createControllerProcess } from '@milena/controller-process';
import { noMeter, type Platform } from '@milena/platform';
import { createLogger, createTracer, logLevel, runService, type Service } from '@milena/telemetry';
import { loadNodeConfig } from './load-node-config';

const STOP_WITHIN_MS = 9_000;

/** Options of `milena server`. */
export interface ServerOptions {
  readonly config: string;
  readonly set: readonly string[];
  readonly pretty: boolean;
}

/** `milena server`: runs the roles of a configuration in this process until it is told to stop. */
export function runServer(options: ServerOptions, environment: NodeJS.ProcessEnv): void {
  const { config, warnings } = loadNodeConfig(options.config, environment, options.set);
  const level = logLevel(environment['MILENA_LOG_LEVEL']);
  const logger = createLogger({ service: 'milena', nodeId: config.nodeId, level, pretty: options.pretty });
  for (const warning of warnings) logger.warn('configuration', { warning });
  const outputs = { logger, tracer: createTracer('milena'), meter: noMeter };
  const create = (onFatal: (error: unknown) => void) => createService({ config, outputs, onFatal });
  runService(create, { name: 'milena', logger, stopWithinMs: STOP_WITHIN_MS });
}

interface ServiceOptions {
  readonly config: NodeConfig;
  readonly outputs: Pick<Platform, 'logger' | 'tracer' | 'meter'>;
  readonly onFatal: (error: unknown) => void;
}

function createService(options: ServiceOptions): Service {
  const { roles } = options.config;
  if (!roles.controller) return createBrokerProcess(options);
  return roles.broker ? createCombined(options) : createControllerProcess(options);
}

/** Both roles under one node id: one metadata log, of which the controller is a voter and the broker a reader. */
function createCombined(options: ServiceOptions): Service {
  const { dataFolder, metadataFolder } = options.config;
  const controller = createControllerProcess({ ...options, isFolderLocked: dataFolder === metadataFolder });
  const broker = createBrokerProcess({ ...options, node: controller.node });
  let isStopping = false;
  return {
    async start() {
      await broker.open();
      if (isStopping) return;
      await controller.start();
      await broker.start();
    },
    async stop() {
      isStopping = true;
      await broker.stop();
      await controller.stop();
    },
  };
}
