import { createBrokerProcess } from '@milena/broker-process';
import { runServiceProcess } from '@milena/service-process';

runServiceProcess({
  service: 'broker',
  role: 'broker',
  create: createBrokerProcess,
  argv: process.argv,
  environment: process.env,
});
