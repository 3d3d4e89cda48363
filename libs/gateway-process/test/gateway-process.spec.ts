import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { loadConfig, type NodeConfig } from '@milena/config';
import { encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { offset, success, timestampMs, ZERO_UUID, type Endpoint, type Uuid } from '@milena/model';
import { noMeter, noTracer, silentLogger, type Channel } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  Health,
  HealthCheckResponse_ServingStatus as ServingStatus,
  ControllerService,
  RaftService,
  ReadIndexResponseSchema,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
  TopicService,
} from '@milena/proto';
import type { MetadataLogListener, RaftDriver } from '@milena/raft-driver';
import { createGrpcConnector, createGrpcServer, createServiceClient, methodPath, type GrpcServer } from '@milena/rpc';
import type { ServiceNode } from '@milena/service-process';
import { createGatewayProcess, type GatewayProcess } from '../src/index';

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAABQ' as Uuid;
const RECORDS: readonly MetadataRecord[] = [
  { type: 'TopicRecord', name: 'orders', topicId: TOPIC_ID },
  {
    type: 'PartitionRecord',
    topicId: TOPIC_ID,
    partitionId: 0,
    replicas: [1],
    isr: [1],
    addingReplicas: [],
    removingReplicas: [],
    leader: 1,
    leaderEpoch: 0,
    partitionEpoch: 0,
    leaderRecoveryState: 'RECOVERED',
    directories: [ZERO_UUID],
  },
  { type: 'ConfigRecord', resourceType: 'TOPIC', resourceName: 'orders', name: 'retention.ms', value: '5' },
];
const connector = createGrpcConnector();
const outputs = { logger: silentLogger, tracer: noTracer, meter: noMeter };

/** Waits, turn by turn of the event loop, until a condition holds. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function configOf(folder: string, ports: { grpc: number; http: number }): NodeConfig {
  const overrides = [
    'process.roles=gateway',
    'node.id=201',
    'controller.listener.names=CONTROLLER',
    'controller.quorum.bootstrap.servers=127.0.0.1:1',
    `log.dirs=${folder}`,
    `admin.listeners=GRPC://127.0.0.1:${ports.grpc},HTTP://127.0.0.1:${ports.http}`,
  ];
  const loaded = loadConfig({ environment: {}, hostname: 'h', overrides });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** A node whose metadata log holds the records of this spec and follows a live quorum while it is told to. */
function scriptedNode(quorum: { isLive: boolean }, endpoint: Endpoint): ServiceNode {
  const end = offset(RECORDS.length);
  const metadataLog: Partial<RaftDriver> = {
    subscribe: (listener: MetadataLogListener) =>
      listener.onCommitted({
        baseOffset: offset(0),
        lastOffset: offset(RECORDS.length - 1),
        epoch: 1,
        timestamp: timestampMs(0),
        records: RECORDS.map(encodeMetadataRecord),
      }),
    leader: () => ({ leaderId: 101, epoch: 1, endpoint }),
    health: () => quorum.isLive,
    leaderHighWatermark: () => end,
  };
  return {
    platform: createNodePlatform(outputs),
    connector,
    metadataLog: metadataLog as RaftDriver,
    clusterId: () => Promise.resolve('cluster'),
  };
}

/** A controller that tells readers how far the log of this spec is committed, and never answers to a change. */
function leaderForReaders(): GrpcServer {
  const server = createGrpcServer({ host: '127.0.0.1', port: 0 });
  const told = create(ReadIndexResponseSchema, { epoch: 1, leaderId: 101, readIndex: BigInt(RECORDS.length) });
  server.unary(methodPath(RaftService.method.readIndex), () =>
    Promise.resolve(success(toBinary(ReadIndexResponseSchema, told))),
  );
  server.unary(methodPath(ControllerService.method.createTopics), () => new Promise(() => undefined));
  return server;
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function http(
  { host, port }: Endpoint,
  path: string,
  body?: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = httpRequest({ host, port, path, method, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What a server answers to bytes that are sent as they are, until it closes the connection. */
function rawHttp({ host, port }: Endpoint, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host, port }, () => socket.write(bytes));
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', () => resolve(text));
  });
}

/** Ports that were free a moment ago. */
async function freePorts(): Promise<{ grpc: number; http: number }> {
  const { createServer } = await import('node:net');
  const servers = await Promise.all(
    [0, 1].map(
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const [grpc, httpPort] = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { grpc: grpc!, http: httpPort! };
}

describe('a gateway process', () => {
  let folder: string;
  let quorum: { isLive: boolean };
  let pagesShown: number;
  let controller: GrpcServer;
  let gateway: GatewayProcess;
  let channel: Channel;
  let grpc: Endpoint;
  let web: Endpoint;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'milena-gateway-'));
    quorum = { isLive: true };
    const ports = await freePorts();
    const onFatal = (error: unknown) => {
      throw error;
    };
    const config = configOf(folder, ports);
    const monitor: NonNullable<Parameters<typeof createGatewayProcess>[0]['monitor']> = ({ url }, response) => {
      if (url === '/readyz') pagesShown += 1;
      if (url === '/readyz') response.writeHead(gateway.isReady() ? 200 : 503).end();
      return url === '/readyz';
    };
    controller = leaderForReaders();
    const node = scriptedNode(quorum, await controller.start());
    gateway = createGatewayProcess({ config, outputs, onFatal, node, monitor });
    await gateway.start();
    grpc = { host: '127.0.0.1', port: ports.grpc };
    web = { host: '127.0.0.1', port: ports.http };
    channel = connector.connect(grpc, 'spec');
  });

  afterEach(async () => {
    channel.close();
    await gateway.stop();
    await controller.stop(0);
    rmSync(folder, { recursive: true });
  });

  const healthOf = async (service: string) => {
    const answer = await createServiceClient(channel, Health).check({ service }, { timeoutMs: 5_000 });
    return answer.ok ? answer.value.status : answer.error.failure?.code;
  };

  it('serves while it follows a live quorum, and says so by health and readiness', async () => {
    await until(() => gateway.isReady());
    expect(await healthOf('')).toBe(ServingStatus.SERVING);
    expect(await healthOf('milena.admin.v1.GroupService')).toBe(ServingStatus.SERVING);
    expect((await http(web, '/readyz')).status).toBe(200);
    quorum.isLive = false;
    await until(() => !gateway.isReady());
    expect(await healthOf('')).toBe(ServingStatus.NOT_SERVING);
    expect(gateway.whyNotReady()).toBe('no active controller answers');
    expect((await http(web, '/readyz')).status).toBe(503);
  });

  it('answers the same over gRPC and as JSON over HTTP', async () => {
    await until(() => gateway.isReady());
    const client = createServiceClient(channel, TopicService);
    const overGrpc = await client.getTopic({ name: 'topics/orders' }, { timeoutMs: 5_000 });
    expect(overGrpc).toMatchObject({
      ok: true,
      value: { topic: { uid: TOPIC_ID, partitionCount: 1, configs: { 'retention.ms': '5' } } },
    });
    const overHttp = await http(web, '/milena.admin.v1.TopicService/GetTopic', '{"name":"topics/orders"}');
    expect(overHttp.status).toBe(200);
    expect(JSON.parse(overHttp.text)).toEqual({
      topic: {
        name: 'topics/orders',
        uid: TOPIC_ID,
        partitionCount: 1,
        replicationFactor: 1,
        configs: { 'retention.ms': '5' },
        internal: false,
      },
    });
    const query = `?connect=v1&encoding=json&message=${encodeURIComponent('{"pageSize":1}')}`;
    const got = await http(web, `/milena.admin.v1.TopicService/ListTopics${query}`);
    expect(JSON.parse(got.text)).toMatchObject({ topics: [{ name: 'topics/orders' }], nextPageToken: '' });
  });

  it('carries ErrorInfo and BadRequest in the bytes of a gRPC error and of an HTTP one', async () => {
    await until(() => gateway.isReady());
    const client = createServiceClient(channel, TopicService);
    const overGrpc = await client.getTopic({ name: 'topics/none' }, { timeoutMs: 5_000 });
    expect(overGrpc).toMatchObject({
      error: { status: 'NOT_FOUND', failure: { code: 'UNKNOWN_TOPIC_OR_PARTITION', message: "no topic 'none'" } },
    });
    const overHttp = await http(web, '/milena.admin.v1.TopicService/GetTopic', '{"name":"orders"}');
    expect(overHttp.status).toBe(400);
    const { code, details } = JSON.parse(overHttp.text) as { code: string; details: { type: string; value: string }[] };
    expect([code, ...details.map(({ type }) => type)]).toEqual([
      'invalid_argument',
      'google.rpc.ErrorInfo',
      'google.rpc.BadRequest',
    ]);
    const [info, badRequest] = details.map(({ value }) => Buffer.from(value, 'base64'));
    expect(fromBinary(ErrorInfoSchema, info!)).toMatchObject({
      reason: 'INVALID_REQUEST',
      domain: 'kafka.apache.org',
      metadata: { kafka_error_code: '42' },
    });
    expect(fromBinary(BadRequestSchema, badRequest!).fieldViolations).toMatchObject([{ field: 'name' }]);
  });

  it.each([
    ['JSON that is none', '{"name":', 'application/json', 400, 'INVALID_REQUEST'],
    ['a misspelt field', '{"nam":"topics/orders"}', 'application/json', 400, 'INVALID_REQUEST'],
    [
      'a body beyond the limit',
      JSON.stringify({ name: 'x'.repeat(1024 * 1024) }),
      'application/json',
      429,
      'MESSAGE_TOO_LARGE',
    ],
  ])('refuses %s with a reason', async (_what, body, contentType, status, reason) => {
    const answer = await http(web, '/milena.admin.v1.TopicService/GetTopic', body, { 'content-type': contentType });
    expect(answer.status).toBe(status);
    const { details } = JSON.parse(answer.text) as { details: { value: string }[] };
    expect(fromBinary(ErrorInfoSchema, Buffer.from(details[0]!.value, 'base64')).reason).toBe(reason);
  });

  it('says in words what an HTTP request lacks', async () => {
    const form = await http(web, '/milena.admin.v1.TopicService/GetTopic', '{}', {});
    expect([form.status, form.text]).toEqual([415, 'the content-type must be application/json\n']);
    const wrong = await http(web, '/milena.admin.v1.TopicService/DeleteTopic');
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST']);
    const nowhere = await http(web, '/');
    expect(nowhere.status).toBe(404);
    expect(nowhere.text).toContain('POST /milena.admin.v1.TopicService/CreateTopic\n');
  });

  it('outlives requests that no browser would make', async () => {
    await until(() => gateway.isReady());
    const path = '/milena.admin.v1.TopicService/ListTopics';
    const head = 'content-type: application/json\r\ncontent-length: 2\r\n';
    expect(await rawHttp(web, `POST ${path} HTTP/1.0\r\n${head}\r\n{}`)).toMatch(/^HTTP\/1.1 400 /);
    expect(await rawHttp(web, `POST ${path} HTTP/1.1\r\nhost: [\r\n${head}\r\n{}`)).toMatch(/^HTTP\/1.1 400 /);
    expect(await rawHttp(web, `POST ${path} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
    expect(await rawHttp(web, '\x16\x03\x01\x00\xff garbage\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await rawHttp(web, `GET / HTTP/1.1\r\nhost: h\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    );
    const strange = { 'content-type': 'application/json', traceparent: '00-\u00ff' };
    expect((await http(web, path, '{}', strange)).status).toBe(200);
    expect((await http(web, path, '{}', { ...strange, 'connect-timeout-ms': 'soon' })).status).toBe(400);
  });

  it('answers an HTTP caller within the time it has', async () => {
    await until(() => gateway.isReady());
    const path = '/milena.admin.v1.TopicService/CreateTopic';
    const headers = { 'content-type': 'application/json', 'connect-timeout-ms': '100' };
    // The controller does not answer, which is waited for.
    const late = await http(web, path, '{"topic":{"name":"topics/late"}}', headers);
    expect(late.status).toBe(504);
    const { code, details } = JSON.parse(late.text) as { code: string; details: { value: string }[] };
    expect(code).toBe('deadline_exceeded');
    expect(fromBinary(ErrorInfoSchema, Buffer.from(details[0]!.value, 'base64')).reason).toBe('REQUEST_TIMED_OUT');
  });

  it('ends a connection that pipelines more than it may, without reading the rest', async () => {
    await until(() => gateway.isReady());
    const one = 'GET /readyz HTTP/1.1\r\nhost: h\r\n\r\n';
    pagesShown = 0;
    await rawHttp(web, one.repeat(200));
    expect(pagesShown).toBe(16);
    const within = await rawHttp(web, one.repeat(10) + one.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
    expect(within.split('HTTP/1.1 200 ')).toHaveLength(12);
  });

  it('describes its services by reflection, down to maps and timestamps', async () => {
    const answers: ReturnType<typeof parse>[] = [];
    const parse = (bytes: Uint8Array) => fromBinary(ServerReflectionResponseSchema, bytes).messageResponse;
    const method = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const stream = channel.openStream(method, {
      onMessage: (bytes) => answers.push(parse(bytes)),
      onClosed: () => undefined,
    });
    for (const value of ['milena.admin.v1.ClusterService', 'milena.admin.v1.GroupService']) {
      const request = { messageRequest: { case: 'fileContainingSymbol' as const, value } };
      stream.send(toBinary(ServerReflectionRequestSchema, create(ServerReflectionRequestSchema, request)));
    }
    stream.end();
    await until(() => answers.length === 2);
    const registries = answers.map((answer) => {
      const encoded = answer.case === 'fileDescriptorResponse' ? answer.value.fileDescriptorProto : [];
      const files = encoded.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
      return createFileRegistry(files[0]!, (name) => files.find((file) => file.name === name));
    });
    const cluster = registries[0]!.getMessage('milena.admin.v1.Cluster')!;
    expect(cluster.field['features']).toMatchObject({ fieldKind: 'map' });
    expect(cluster.field['metadataTime']?.message?.typeName).toBe('google.protobuf.Timestamp');
    expect(registries[1]!.getService('milena.admin.v1.GroupService')?.method['getGroup']).toBeDefined();
  });
});

describe('a gateway process without a quorum', () => {
  it('listens, answers that it cannot serve, and stops', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'milena-gateway-'));
    const ports = await freePorts();
    const onFatal = (error: unknown) => {
      throw error;
    };
    const gateway = createGatewayProcess({ config: configOf(folder, ports), outputs, onFatal });
    await gateway.start();
    const channel = connector.connect({ host: '127.0.0.1', port: ports.grpc }, 'spec');
    const health = await createServiceClient(channel, Health).check({}, { timeoutMs: 5_000 });
    expect(health).toMatchObject({ ok: true, value: { status: ServingStatus.NOT_SERVING } });
    const topics = await createServiceClient(channel, TopicService).listTopics({}, { timeoutMs: 5_000 });
    expect(topics).toMatchObject({ ok: false, error: { failure: { code: 'BROKER_NOT_AVAILABLE' } } });
    expect(gateway.isReady()).toBe(false);
    expect(gateway.whyNotReady()).toBe('no active controller is known');
    channel.close();
    await gateway.stop();
    rmSync(folder, { recursive: true });
  });

  it('names the port that is taken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'milena-gateway-'));
    const ports = await freePorts();
    const onFatal = (error: unknown) => {
      throw error;
    };
    const first = createGatewayProcess({ config: configOf(folder, ports), outputs, onFatal });
    await first.start();
    const second = createGatewayProcess({ config: configOf(join(folder, '2'), ports), outputs, onFatal });
    await expect(second.start()).rejects.toThrow(`port 127.0.0.1:${ports.grpc} is taken by another process`);
    await second.stop();
    await first.stop();
    rmSync(folder, { recursive: true });
  });
});
