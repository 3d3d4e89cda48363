export { createGatewayServer, type GatewayServer, type GatewayServerOptions } from './gateway-server';
export type { AdminCall, AdminMethod } from './admin-method';
