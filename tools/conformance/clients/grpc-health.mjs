// grpc.health.v1.Health/Check through plain grpc-js, without our own client code.
import { createRequire } from 'node:module';

const grpc = createRequire(import.meta.url)('@grpc/grpc-js');
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Status text of the whole server at `host:port`; rejects when nothing answers within two seconds. */
export function health(address) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      () => Buffer.alloc(0), // HealthCheckRequest without a service: the server as a whole
      (bytes) => statuses[bytes.length === 0 ? 0 : bytes[1]], // field 1, varint: status
      {},
      { deadline: Date.now() + 2_000 },
      (error, status) => {
        client.close();
        if (error === null) resolve(status);
        else reject(error);
      },
    );
  });
}
