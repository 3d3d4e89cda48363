export { createZookeeperProcess, type ZookeeperProcess, type ZookeeperProcessOptions } from './zookeeper-process';
