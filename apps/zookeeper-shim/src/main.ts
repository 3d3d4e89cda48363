import { runServiceProcess } from '@milena/service-process';
import { createZookeeperProcess } from '@milena/zookeeper-process';

runServiceProcess({
  service: 'zookeeper-shim',
  role: 'zookeeper',
  create: createZookeeperProcess,
  argv: process.argv,
  environment: process.env,
});
