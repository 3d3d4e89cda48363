import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthCheckResponseSchema,
} from '@milena/proto';
import { createGrpcConnector } from './grpc-connector';
import { createGrpcServer, type GrpcServer } from './grpc-server';
import { createHealthService, type HealthService } from './health-service';
import { waitUntil } from './testing/wait-until';
import { createServiceClient, methodPath } from './typed-service';

const SERVICE = 'milena.raft.v1.RaftService';

describe('the health service', () => {
  let health: HealthService;
  let server: GrpcServer;
  let port: number;

  beforeEach(async () => {
    health = createHealthService();
    server = createGrpcServer({ host: '127.0.0.1', port: 0, health });
    ({ port } = await server.start());
  });
  afterEach(() => server.stop());

  const check = async (service: string) => {
    const channel = createGrpcConnector().connect({ host: '127.0.0.1', port }, 'health');
    const outcome = await createServiceClient(channel, Health).check({ service }, { timeoutMs: 1000 });
    channel.close();
    return outcome.ok ? outcome.value.status : outcome.error.status;
  };

  it('answers NOT_SERVING until told otherwise, and NOT_FOUND for a service nobody named', async () => {
    expect(await check('')).toBe(ServingStatus.NOT_SERVING);
    expect(await check(SERVICE)).toBe('NOT_FOUND');
    health.setServing('', true);
    health.setServing(SERVICE, false);
    expect(await check('')).toBe(ServingStatus.SERVING);
    expect(await check(SERVICE)).toBe(ServingStatus.NOT_SERVING);
  });

  it('lists all services', async () => {
    health.setServing(SERVICE, true);
    const channel = createGrpcConnector().connect({ host: '127.0.0.1', port }, 'health');
    const outcome = await createServiceClient(channel, Health).list({}, { timeoutMs: 1000 });
    channel.close();
    expect(outcome).toMatchObject({
      ok: true,
      value: { statuses: { '': { status: ServingStatus.NOT_SERVING }, [SERVICE]: { status: ServingStatus.SERVING } } },
    });
  });

  it('tells a watcher the state at once and each change once, of a service unknown at first too', async () => {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const seen: (ServingStatus | undefined)[] = [];
    const call = client.makeServerStreamRequest(
      methodPath(Health.method.watch),
      (service: string) =>
        Buffer.from(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service }))),
      (bytes: Buffer) => fromBinary(HealthCheckResponseSchema, bytes).status,
      SERVICE,
    );
    call.on('data', (status: ServingStatus) => void seen.push(status));
    call.on('error', () => {});
    await waitUntil(() => seen.length === 1);
    health.setServing(SERVICE, true);
    health.setServing(SERVICE, true);
    health.setServing('', true);
    health.setServing(SERVICE, false);
    await waitUntil(() => seen.length === 3);
    expect(seen).toEqual([ServingStatus.SERVICE_UNKNOWN, ServingStatus.SERVING, ServingStatus.NOT_SERVING]);
    call.cancel();
    client.close();
  });
});
