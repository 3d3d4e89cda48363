export { createBrokerProcess, type BrokerProcess, type BrokerProcessOptions } from './broker-process';
