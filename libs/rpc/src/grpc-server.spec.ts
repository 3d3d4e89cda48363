import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, success } from '@milena/model';
import { noMeter, type Meter, type Tracer } from '@milena/platform';
import { createGrpcConnector } from './grpc-connector';
import { createGrpcServer, listenErrorText, type GrpcServer } from './grpc-server';
import { waitUntil } from './testing/wait-until';

const ECHO = '/milena.test.v1.TestService/Echo';
const host = '127.0.0.1';

describe('a gRPC server', () => {
  let stops: (() => unknown)[];
  beforeEach(() => {
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
  });

  const create = (options: Partial<Parameters<typeof createGrpcServer>[0]> = {}): GrpcServer => {
    const server = createGrpcServer({ host, port: 0, ...options });
    stops.push(() => server.stop());
    return server;
  };
  const connect = (port: number, options: Parameters<typeof createGrpcConnector>[0] = {}, name = host) => {
    const channel = createGrpcConnector(options).connect({ host: name, port }, 'test');
    stops.unshift(() => channel.close());
    return channel;
  };

  it('says which port is taken', async () => {
    const { port } = await create().start();
    const second = create({ port });
    const error: unknown = await second.start().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
    expect(listenErrorText(error, { host, port })).toBe(`port 127.0.0.1:${port} is taken by another process`);
  });

  it('can be started again after it was stopped', async () => {
    const server = create();
    server.unary(ECHO, (request) => Promise.resolve(success(request)));
    await server.start();
    await server.stop();
    const { port } = await server.start();
    expect(await connect(port).unary(ECHO, Buffer.from('x'), { timeoutMs: 1000 })).toMatchObject({ ok: true });
  });

  it('lets calls under way finish within the grace, and takes no new ones', async () => {
    const server = create();
    let answer: (() => void) | undefined;
    server.unary(ECHO, (request) => new Promise((resolve) => void (answer = () => resolve(success(request)))));
    const endpoint = await server.start();
    const underWay = connect(endpoint.port).unary(ECHO, Buffer.from('late'), { timeoutMs: 5000 });
    await waitUntil(() => answer !== undefined);
    const stopped = server.stop(5000);
    expect(await createGrpcConnector().refuses(endpoint, 1000)).toBe(true);
    answer?.();
    expect(await underWay).toMatchObject({ ok: true });
    await stopped;
  });

  it('breaks off calls that outlast the grace', async () => {
    const server = create();
    let asked = false;
    server.unary(ECHO, () => {
      asked = true;
      return new Promise(() => {});
    });
    const { port } = await server.start();
    const underWay = connect(port).unary(ECHO, Buffer.from(''), { timeoutMs: 5000 });
    await waitUntil(() => asked);
    await server.stop(20);
    expect(await underWay).toMatchObject({ ok: false, error: { reason: 'reset' } });
  });

  it('refuses a request longer than its limit', async () => {
    const server = create({ maxReceiveBytes: 1000 });
    server.unary(ECHO, (request) => Promise.resolve(success(request)));
    const { port } = await server.start();
    const outcome = await connect(port).unary(ECHO, Buffer.alloc(2000), { timeoutMs: 1000 });
    expect(outcome).toMatchObject({ ok: false, error: { reason: 'status', status: 'RESOURCE_EXHAUSTED' } });
  });

  it('speaks TLS, to callers that trust its certificate only', async () => {
    const read = (name: string): Buffer => readFileSync(join(__dirname, '..', 'testdata', name));
    const certificateChain = read('localhost.cert.pem');
    const server = create({ tls: { certificateChain, privateKey: read('localhost.key.pem') } });
    server.unary(ECHO, (_request, { peer }) => Promise.resolve(success(Buffer.from(peer.slice(0, 10)))));
    const { port } = await server.start();
    const trusting = connect(port, { tls: { certificateAuthorities: certificateChain } }, 'localhost');
    const outcome = await trusting.unary(ECHO, Buffer.from('x'), { timeoutMs: 3000 });
    expect(outcome.ok && Buffer.from(outcome.value).toString()).toMatch(/^(127\.0\.0\.1|\[::)/);
    const wary = connect(port, { tls: {} }, 'localhost');
    expect(await wary.unary(ECHO, Buffer.from('x'), { timeoutMs: 3000 })).toMatchObject({ ok: false });
    const plain = connect(port);
    expect(await plain.unary(ECHO, Buffer.from('x'), { timeoutMs: 3000 })).toMatchObject({ ok: false });
  });
});

describe('calls over gRPC', () => {
  it('make a client span and a server span of one trace, and are timed on both sides', async () => {
    const spans: Record<string, unknown>[] = [];
    let lastSpan = 0;
    const tracer: Tracer = {
      isOn: true,
      startSpan: (name, options = {}) => {
        const traceparent = `00-${'a'.repeat(32)}-${String(++lastSpan).padStart(16, '0')}-01`;
        const attributes: Record<string, unknown> = { ...options.attributes };
        const span = { name, kind: options.kind, parent: options.parent?.traceparent, traceparent, attributes };
        return {
          context: { traceparent },
          setAttribute: (key, value) => void (attributes[key] = value),
          end: (error) => void spans.push({ ...span, error }),
        };
      },
    };
    const recorded: string[] = [];
    const meter: Meter = {
      ...noMeter,
      histogram: (name, _, labels) => ({
        record: (value) =>
          void recorded.push(`${name} ${labels?.['rpc_method']} ${labels?.['rpc_status_code']} ${value >= 0}`),
      }),
    };
    const server = createGrpcServer({ host, port: 0, tracer, meter });
    server.unary(ECHO, () => Promise.resolve(failure('NOT_CONTROLLER', 'not here')));
    const { port } = await server.start();
    const channel = createGrpcConnector({ tracer, meter }).connect({ host, port }, 'test');
    const cause = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await channel.unary(ECHO, Buffer.from(''), { timeoutMs: 1000, trace: { traceparent: cause } });
    // Heartbeats and the like belong to no trace, and begin none.
    await channel.unary(ECHO, Buffer.from(''), { timeoutMs: 1000 });
    channel.close();
    await server.stop();
    const method = 'milena.test.v1.TestService/Echo';
    const outcome = {
      'rpc.system.name': 'grpc',
      'rpc.method': method,
      'rpc.status_code': 'UNAVAILABLE',
      'error.type': 'NOT_CONTROLLER',
    };
    expect(spans).toHaveLength(2);
    expect(spans).toMatchObject([
      {
        name: method,
        kind: 'server',
        parent: expect.stringContaining('0001-01'),
        error: 'NOT_CONTROLLER',
        attributes: outcome,
      },
      {
        name: method,
        kind: 'client',
        parent: cause,
        attributes: { ...outcome, 'server.address': host, 'server.port': port },
      },
    ]);
    expect(recorded.sort()).toEqual([
      `rpc_client_call_duration_seconds ${method} UNAVAILABLE true`,
      `rpc_client_call_duration_seconds ${method} UNAVAILABLE true`,
      `rpc_server_call_duration_seconds ${method} UNAVAILABLE true`,
      `rpc_server_call_duration_seconds ${method} UNAVAILABLE true`,
    ]);
  });
});
