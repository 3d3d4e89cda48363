import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { ChannelFailure, ChannelStream } from '@milena/platform';
import { createGrpcConnector } from './grpc-connector';
import { createGrpcServer, type GrpcServer } from './grpc-server';
import { waitUntil } from './testing/wait-until';

const METHOD = '/milena.test.v1.TestService/Stream';

describe('a stream at the server', () => {
  let server: GrpcServer;
  let closed: (ChannelFailure | undefined)[];
  let streams: ChannelStream[];
  let port: number;
  let closing: (() => Promise<void> | void)[];

  beforeEach(async () => {
    closing = [];
    closed = [];
    streams = [];
    server = createGrpcServer({ host: '127.0.0.1', port: 0, maxQueuedBytes: 1024 * 1024 });
    server.stream(METHOD, (stream) => {
      streams.push(stream);
      return { onMessage() {}, onClosed: (failure) => void closed.push(failure) };
    });
    ({ port } = await server.start());
  });
  afterEach(async () => {
    for (const close of closing) await close();
    await server.stop();
  });

  /** A TCP relay whose connections the test can break as a dying process does. */
  async function startRelay(): Promise<{ port: number; reset(): void; close(): void; stopReading(): void }> {
    const sockets: Socket[] = [];
    const relay = createServer((incoming) => {
      const outgoing = connect(port, '127.0.0.1');
      for (const socket of [incoming, outgoing]) {
        sockets.push(socket);
        socket.on('error', () => {});
      }
      incoming.pipe(outgoing).pipe(incoming);
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      sockets.forEach((socket) => socket.destroy());
      return new Promise((resolve) => relay.close(() => resolve()));
    });
    return {
      port: (relay.address() as AddressInfo).port,
      reset: () => sockets.forEach((socket) => socket.resetAndDestroy()),
      close: () => sockets.forEach((socket) => socket.end()),
      stopReading: () => sockets.forEach((socket) => socket.unpipe().pause()),
    };
  }

  it('never takes a connection that breaks for a caller that ends or cancels', async () => {
    const connector = createGrpcConnector();
    for (let round = 0; round < 10; round++) {
      for (const way of ['cancel', 'end', 'reset', 'close'] as const) {
        closed.length = 0;
        const relay = await startRelay();
        const channel = connector.connect({ host: '127.0.0.1', port: relay.port }, 'test');
        const stream = channel.openStream(METHOD, { onMessage() {}, onClosed() {} });
        const accepted = streams.length;
        await waitUntil(() => streams.length > accepted);
        if (way === 'cancel' || way === 'end') stream[way]();
        else relay[way]();
        await waitUntil(() => closed.length === 1);
        expect({ way, reset: closed[0]?.reason === 'reset' }).toEqual({
          way,
          reset: way === 'reset' || way === 'close',
        });
        if (way === 'end') expect(closed[0]).toBeUndefined();
        channel.close();
      }
    }
  });

  it('cancels a stream whose peer does not read, by breaking its connection', async () => {
    const relay = await startRelay();
    const channel = createGrpcConnector().connect({ host: '127.0.0.1', port: relay.port }, 'test');
    closing.unshift(() => channel.close());
    channel.openStream(METHOD, { onMessage() {}, onClosed() {} });
    await waitUntil(() => streams.length === 1);
    relay.stopReading();
    for (let count = 0; count < 64; count++) streams[0]?.send(Buffer.alloc(256 * 1024));
    await waitUntil(() => closed.length === 1);
    expect(closed[0]).toMatchObject({ reason: 'cancelled', message: expect.stringContaining('1048576 bytes') });
  });
});
