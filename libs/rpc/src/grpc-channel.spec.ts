import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '@milena/model';
import { describeChannelContract, MAX_QUEUED_BYTES, type ContractServer } from '@milena/platform/testing';
import { createGrpcConnector } from './grpc-connector';
import { createGrpcServer, type GrpcServer } from './grpc-server';
import { waitUntil } from './testing/wait-until';

async function unusedEndpoint(): Promise<Endpoint> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { host: '127.0.0.1', port };
}

describeChannelContract('gRPC', () => {
  const servers: GrpcServer[] = [];
  const create = (port: number): GrpcServer => {
    const server = createGrpcServer({
      host: '127.0.0.1',
      port,
      maxReceiveBytes: 2 ** 24,
      maxQueuedBytes: MAX_QUEUED_BYTES,
    });
    servers.push(server);
    return server;
  };
  return Promise.resolve({
    connector: createGrpcConnector({ maxQueuedBytes: MAX_QUEUED_BYTES }),
    startServer: async (register): Promise<ContractServer> => {
      const first = create(0);
      register(first);
      const endpoint = await first.start();
      let current = first;
      return {
        endpoint,
        stop: () => current.stop(),
        restart: async () => {
          current = create(endpoint.port);
          register(current);
          await current.start();
        },
      };
    },
    unusedEndpoint,
    settle: (promise) => promise,
    waitFor: (condition) => waitUntil(condition),
    cleanUp: async () => {
      for (const server of servers) await server.stop();
    },
  });
});
