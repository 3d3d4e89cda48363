import { constants, createServer as createHttp2Server } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { success, type Endpoint } from '@milena/model';
import { describeChannelContract, MAX_QUEUED_BYTES, type ContractServer } from '@milena/platform/testing';
import { createGrpcConnector } from './grpc-connector';
import { createGrpcServer, type GrpcServer } from './grpc-server';
import { waitUntil } from './testing/wait-until';

const ECHO = '/milena.test.v1.TestService/Echo';

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

describe('a channel that has no connection yet', () => {
  it('makes one for all the calls of a moment', async () => {
    const server = createGrpcServer({ host: '127.0.0.1', port: 0 });
    const peers = new Set<string>();
    server.unary(ECHO, (request, { peer }) => {
      peers.add(peer);
      return Promise.resolve(success(request));
    });
    const channel = createGrpcConnector().connect(await server.start(), 'test');
    const texts = ['1', '2', '3'];
    const outcomes = await Promise.all(
      texts.map((text) => channel.unary(ECHO, Buffer.from(text), { timeoutMs: 5000 })),
    );
    expect(outcomes.map((outcome) => outcome.ok && Buffer.from(outcome.value).toString())).toEqual(texts);
    expect(peers.size).toBe(1);
    channel.close();
    await server.stop();
  });
});

describe('a call that its peer does not take in', () => {
  it('is refused: nothing was done', async () => {
    const peer = createHttp2Server();
    peer.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
    const { port } = peer.address() as AddressInfo;
    const channel = createGrpcConnector().connect({ host: '127.0.0.1', port }, 'test');
    expect(await channel.unary(ECHO, Buffer.alloc(0), { timeoutMs: 1000 })).toMatchObject({
      error: { reason: 'refused' },
    });
    channel.close();
    peer.close();
  });
});

describe('a channel whose connection hangs', () => {
  it('tries another one with the next call', async () => {
    const relayed = createGrpcServer({ host: '127.0.0.1', port: 0 });
    relayed.unary(ECHO, (bytes) => Promise.resolve(success(bytes)));
    const target = await relayed.start();
    const accepted: Socket[] = [];
    // The first connection is accepted and never heard of again, as behind a firewall that forgot it.
    const relay = createServer((incoming) => {
      accepted.push(incoming);
      if (accepted.length === 1) return;
      const outgoing = connect(target.port, target.host);
      outgoing.pipe(incoming).pipe(outgoing);
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const { port } = relay.address() as AddressInfo;
    const channel = createGrpcConnector().connect({ host: '127.0.0.1', port }, 'test');
    const call = (timeoutMs: number) => channel.unary(ECHO, Buffer.from('hello'), { timeoutMs });
    const outcomes = [await call(100), await call(2000)];
    channel.close();
    for (const socket of accepted) socket.destroy();
    relay.close();
    await relayed.stop();
    expect(outcomes).toMatchObject([{ ok: false, error: { reason: 'timeout' } }, { ok: true }]);
  });
});
