import { createControllerProcess } from '@milena/controller-process';
import { runServiceProcess } from '@milena/service-process';

runServiceProcess({
  service: 'controller-quorum',
  role: 'controller',
  create: createControllerProcess,
  argv: process.argv,
  environment: process.env,
});
