// Asks grpc.health.v1.Health of this container's service and exits 0 only when it says SERVING. HEALTH_ADDRESS says where
// when it is not the service's default port.
'use strict';
const grpc = require('@grpc/grpc-js');

const PORTS = { 'controller-quorum': 9093, broker: 9094, 'admin-gateway': 9644, 'zookeeper-shim': 9095 };
const SERVING = 1;

const { HEALTH_ADDRESS = `127.0.0.1:${PORTS[process.env.MILENA_APP] ?? PORTS.broker}` } = process.env;
const client = new grpc.Client(HEALTH_ADDRESS, grpc.credentials.createInsecure());
client.makeUnaryRequest(
  '/grpc.health.v1.Health/Check',
  () => Buffer.alloc(0), // HealthCheckRequest without a service: the server as a whole
  (bytes) => bytes[1], // HealthCheckResponse: field 1, varint, the status
  {},
  { deadline: Date.now() + 3000 },
  (error, status) => process.exit(error === null && status === SERVING ? 0 : 1),
);
