// Asks grpc.health.v1.Health at HEALTH_ADDRESS and exits 0 only when it says SERVING. Exit code and nothing else.
'use strict';
const grpc = require('@grpc/grpc-js');

const SERVING = 1;
const client = new grpc.Client(process.env.HEALTH_ADDRESS, grpc.credentials.createInsecure());
client.makeUnaryRequest(
  '/grpc.health.v1.Health/Check',
  () => Buffer.alloc(0), // HealthCheckRequest without a service: the server as a whole
  (bytes) => bytes[1], // HealthCheckResponse: field 1, varint, the status
  {},
  { deadline: Date.now() + 2000 },
  (error, status) => process.exit(error === null && status === SERVING ? 0 : 1),
);
