export { createObserverNode, type ObserverNodeOptions } from './observer-node';
export type { ServiceNode } from './service-node';
