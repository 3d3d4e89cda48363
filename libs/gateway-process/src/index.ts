export { createGatewayProcess, type GatewayProcess, type GatewayProcessOptions } from './gateway-process';
