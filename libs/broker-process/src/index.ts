export { createBrokerProcess, type BrokerProcess, type BrokerProcessOptions } from './broker-process';
export type { BrokerNode } from './broker-node';
