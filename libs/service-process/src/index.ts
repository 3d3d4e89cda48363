export { createObserverNode, type ObserverNodeOptions } from './observer-node';
export type { ServiceNode } from './service-node';
export {
  runConfiguredService,
  runServiceProcess,
  type ConfiguredService,
  type CreateService,
  type ServiceProcessOptions,
} from './run-service-process';
export { createMonitoredService, type MonitoredServiceOptions, type ServiceParts } from './monitored-service';
