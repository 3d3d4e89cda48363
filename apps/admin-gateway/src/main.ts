import { createGatewayProcess } from '@milena/gateway-process';
import { runServiceProcess } from '@milena/service-process';

runServiceProcess({
  service: 'admin-gateway',
  role: 'gateway',
  create: createGatewayProcess,
  argv: process.argv,
  environment: process.env,
});
