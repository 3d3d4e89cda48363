import { createBrokerProcess } from '@milena/broker-process';
import { createControllerProcess } from '@milena/controller-process';
import { runConfiguredService, type ServiceParts } from '@milena/service-process';
import type { Service } from '@milena/telemetry';
import { loadNodeConfig } from './load-node-config';

/** Options of `milena server`. */
export interface ServerOptions {
  readonly config: string;
  readonly set: readonly string[];
  readonly pretty: boolean;
}

/** `milena server`: runs the roles of a configuration in this process until it is told to stop. */
export function runServer(options: ServerOptions, environment: NodeJS.ProcessEnv): void {
  const { config, warnings } = loadNodeConfig(options.config, environment, options.set);
  const { pretty } = options;
  runConfiguredService({ service: 'milena', config, warnings, pretty, environment, create: createService });
}

function createService(options: ServiceParts): Service {
  const { roles } = options.config;
  if (!roles.controller) return createBrokerProcess(options);
  return roles.broker ? createCombined(options) : createControllerProcess(options);
}

/** Both roles under one node id: one metadata log, of which the controller is a voter and the broker a reader. */
function createCombined(options: ServiceParts): Service {
  const { dataFolder, metadataFolder } = options.config;
  const controller = createControllerProcess({ ...options, isFolderLocked: dataFolder === metadataFolder });
  const broker = createBrokerProcess({ ...options, node: controller.node });
  let isStopping = false;
  return {
    isReady: () => controller.isReady() && broker.isReady(),
    whyNotReady: () => (controller.isReady() ? broker.whyNotReady() : controller.whyNotReady()),
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
