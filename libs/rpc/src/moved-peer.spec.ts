import dns from 'node:dns';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { success } from '@milena/model';
import type { Channel, UnaryOutcome } from '@milena/platform';
import { createGrpcConnector, type GrpcConnectorOptions } from './grpc-connector';
import { createGrpcServer, type GrpcServer } from './grpc-server';
import { waitUntil } from './testing/wait-until';

const WHO = '/milena.test.v1.TestService/Who';
const WHO_STREAM = '/milena.test.v1.TestService/WhoStream';
const NAME = 'controller-1.test';

describe('a peer whose name resolves to another address when it comes back', () => {
  const servers: GrpcServer[] = [];
  const channels: Channel[] = [];
  /** What the name resolves to. */
  let address = '';
  let lookups = 0;

  // No port of ours stands between grpc-js and the resolver of the system.
  const { lookup } = dns.promises;
  const resolve = (name: string) => {
    if (name !== NAME) return Promise.reject(new Error(`nobody asks for ${name}`));
    lookups += 1;
    return Promise.resolve([{ address, family: 4 }]);
  };

  beforeEach(() => {
    lookups = 0;
    Object.assign(dns.promises, { lookup: resolve });
  });

  afterEach(async () => {
    Object.assign(dns.promises, { lookup });
    for (const channel of channels.splice(0)) channel.close();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  /** A server that says where it is, or that it is `who`. */
  async function serve(host: string, port: number, who = host): Promise<GrpcServer & { readonly port: number }> {
    const server = createGrpcServer({ host, port });
    server.unary(WHO, () => Promise.resolve(success(Buffer.from(who))));
    server.stream(WHO_STREAM, (stream) => ({ onMessage: () => stream.send(Buffer.from(who)), onClosed() {} }));
    servers.push(server);
    const endpoint = await server.start();
    return Object.assign(server, { port: endpoint.port });
  }

  const ask = (channel: Channel, timeoutMs: number): Promise<UnaryOutcome> =>
    channel.unary(WHO, Buffer.alloc(0), { timeoutMs });
  const answered = (outcome: UnaryOutcome): string =>
    outcome.ok ? Buffer.from(outcome.value).toString() : outcome.error.reason;

  async function connected(port: number, options?: GrpcConnectorOptions): Promise<Channel> {
    const channel = createGrpcConnector(options).connect({ host: NAME, port }, 'test');
    channels.push(channel);
    expect(answered(await ask(channel, 5000))).toBe('127.0.0.2');
    return channel;
  }

  it('is found there by the next call but one, over the same channel', async () => {
    address = '127.0.0.2';
    const before = await serve(address, 0);
    const channel = await connected(before.port);
    await before.stop();
    address = '127.0.0.3';
    await serve(address, before.port);
    // The first call may find out that the old connection is gone.
    const outcomes = [await ask(channel, 5000), await ask(channel, 5000)].map(answered);
    expect(outcomes.at(-1)).toBe('127.0.0.3');
    expect(lookups).toBeGreaterThan(1);
  });

  it('is found there after it was down: each attempt asks for its address', async () => {
    address = '127.0.0.2';
    const before = await serve(address, 0);
    const channel = await connected(before.port);
    await before.stop();
    for (let attempt = 0; attempt < 3; attempt += 1) expect(answered(await ask(channel, 5000))).not.toBe('127.0.0.2');
    const asked = lookups;
    expect(asked).toBeGreaterThan(2);
    address = '127.0.0.3';
    await serve(address, before.port);
    expect(answered(await ask(channel, 5000))).toBe('127.0.0.3');
    expect(lookups).toBe(asked + 1);
  });

  it('is found there by the next call when the connection broke unused, whoever has its old address now', async () => {
    address = '127.0.0.2';
    const before = await serve(address, 0);
    const channel = await connected(before.port);
    await before.stop();
    await waitUntil(() => !channel.isConnected);
    await serve(address, before.port, 'somebody else');
    address = '127.0.0.3';
    await serve(address, before.port);
    expect(answered(await ask(channel, 5000))).toBe('127.0.0.3');
    expect(lookups).toBe(2);
  });

  it('is found there by the next stream after one that broke and one that was refused', async () => {
    address = '127.0.0.2';
    const before = await serve(address, 0);
    const channel = createGrpcConnector().connect({ host: NAME, port: before.port }, 'test');
    channels.push(channel);
    const told: string[] = [];
    const askStream = (): void => {
      const stream = channel.openStream(WHO_STREAM, {
        onMessage: (message) => void told.push(Buffer.from(message).toString()),
        onClosed: (failure) => void told.push(failure?.reason ?? 'ended'),
      });
      stream.send(Buffer.from('who'));
    };
    askStream();
    await waitUntil(() => told.length === 1);
    await before.stop();
    await waitUntil(() => told.length === 2);
    askStream();
    await waitUntil(() => told.length === 3);
    address = '127.0.0.3';
    await serve(address, before.port);
    askStream();
    await waitUntil(() => told.length === 4);
    expect(told).toEqual(['127.0.0.2', 'reset', 'refused', '127.0.0.3']);
    expect(lookups).toBe(3);
  });

  it('is found there when its old machine fell silent, as soon as a probe of the connection is unanswered', async () => {
    address = '127.0.0.2';
    const before = await serve(address, 0);
    const sockets: Socket[] = [];
    const relay = createServer((incoming) => {
      const outgoing = connect(before.port, '127.0.0.2');
      outgoing.pipe(incoming).pipe(outgoing);
      sockets.push(incoming, outgoing);
    });
    await new Promise<void>((resolve) => relay.listen(0, address, resolve));
    const { port } = relay.address() as AddressInfo;
    const channel = await connected(port, { keepAliveMs: 100, keepAliveTimeoutMs: 100 });
    for (const socket of sockets) socket.unpipe().pause();
    address = '127.0.0.3';
    await serve(address, port);
    // Nothing but silence tells it from a peer that is slow.
    const outcomes = [await ask(channel, 5000), await ask(channel, 5000)].map(answered);
    for (const socket of sockets) socket.destroy();
    relay.close();
    expect(outcomes).toEqual(['reset', '127.0.0.3']);
    expect(lookups).toBe(2);
  });
});
