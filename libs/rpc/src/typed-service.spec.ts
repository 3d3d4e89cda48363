import { create, toBinary } from '@bufbuild/protobuf';
import { failure, success } from '@milena/model';
import { createMemoryNetwork, createVirtualTime } from '@milena/platform/testing';
import { BrokerHeartbeatRequestSchema, BrokerLifecycleService } from '@milena/proto';
import { createServiceClient, decodeMessage, methodPath, serveUnary } from './typed-service';

describe('a typed service', () => {
  const setUp = () => {
    const time = createVirtualTime();
    const network = createMemoryNetwork({ clock: time.clock, timers: time.timers });
    const server = network.join('server').server(1);
    serveUnary(server, BrokerLifecycleService, {
      brokerHeartbeat: ({ brokerId }) =>
        Promise.resolve(brokerId === 1 ? success({ isCaughtUp: true }) : failure('STALE_BROKER_EPOCH', 'an old epoch')),
      registerBroker: () => Promise.resolve(success({ brokerEpoch: 77n })),
    });
    server.start();
    const channel = network.join('client').connector.connect(server.endpoint, 'test');
    return { time, channel, client: createServiceClient(channel, BrokerLifecycleService) };
  };

  it('carries messages by their types', async () => {
    const { time, client } = setUp();
    const heartbeat = await time.resolve(client.brokerHeartbeat({ brokerId: 1 }, { timeoutMs: 100 }));
    expect(heartbeat).toMatchObject({ ok: true, value: { isCaughtUp: true, isFenced: false } });
    const registration = await time.resolve(client.registerBroker({ rack: 'r1' }, { timeoutMs: 100 }));
    expect(registration).toMatchObject({ ok: true, value: { brokerEpoch: 77n } });
  });

  it('carries a Failure', async () => {
    const { time, client } = setUp();
    const outcome = await time.resolve(client.brokerHeartbeat({ brokerId: 2 }, { timeoutMs: 100 }));
    expect(outcome).toMatchObject({ ok: false, error: { failure: { code: 'STALE_BROKER_EPOCH' } } });
  });

  it('answers INVALID_REQUEST to bytes that are no message', async () => {
    const { time, channel } = setUp();
    const path = methodPath(BrokerLifecycleService.method.brokerHeartbeat);
    expect(path).toBe('/milena.controller.v1.BrokerLifecycleService/BrokerHeartbeat');
    const outcome = await time.resolve(channel.unary(path, Buffer.from([0xff, 0xff, 0xff]), { timeoutMs: 100 }));
    expect(outcome).toMatchObject({ ok: false, error: { failure: { code: 'INVALID_REQUEST' } } });
  });
});

describe('decoding a message', () => {
  it('throws MalformedInput for every message cut short, and reads the whole one', () => {
    const bytes = toBinary(
      BrokerHeartbeatRequestSchema,
      create(BrokerHeartbeatRequestSchema, {
        brokerId: 300,
        brokerEpoch: 1n,
        offlineLogDirs: ['a'],
        principal: 'User:x',
      }),
    );
    expect(decodeMessage(BrokerHeartbeatRequestSchema, bytes).principal).toBe('User:x');
    expect(() => decodeMessage(BrokerHeartbeatRequestSchema, bytes.subarray(0, bytes.length - 1))).toThrow(
      /not a milena.controller.v1.BrokerHeartbeatRequest/,
    );
  });
});
