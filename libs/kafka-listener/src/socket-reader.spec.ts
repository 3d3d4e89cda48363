import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { attachReader, attachStream, type OnBytes } from './socket-reader';

async function acceptOne(
  attach: (accepted: Socket) => Socket,
): Promise<{ server: Server; socket: Socket; client: Socket }> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const [accepted] = (await once(server, 'connection')) as [Socket];
  return { server, socket: attach(accepted), client };
}

const readBuffer = Buffer.alloc(1024);
const paths: readonly (readonly [string, (accepted: Socket, onBytes: OnBytes) => Socket])[] = [
  ['a reused buffer', (accepted, onBytes) => attachReader(accepted, readBuffer, onBytes).socket],
  ['its stream', attachStream],
];

describe.each(paths)('a socket that reads through %s', (_name, attach) => {
  it('reads only while resumed, writes, and ends when the peer does', async () => {
    let read = '';
    let wake: () => void = () => {};
    const { server, socket, client } = await acceptOne((accepted) =>
      attach(accepted, (chunk) => {
        read += chunk.toString();
        wake();
      }),
    );
    const until = async (length: number) => {
      while (read.length < length) await new Promise<void>((resolve) => (wake = resolve));
    };
    client.write('one');
    socket.resume();
    await until(3);
    socket.pause();
    client.write('two');
    socket.write('answer');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe('answer');
    expect(read).toBe('one');
    socket.resume();
    await until(6);
    expect(read).toBe('onetwo');
    client.end();
    await once(socket, 'end');
    socket.destroySoon();
    const serverClosed = once(server, 'close');
    server.close();
    await serverClosed;
  });

  it('reports a broken connection', async () => {
    const { server, socket, client } = await acceptOne((accepted) => attach(accepted, () => {}));
    socket.resume();
    const failed = once(socket, 'error');
    client.resetAndDestroy();
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
    const serverClosed = once(server, 'close');
    server.close();
    await serverClosed;
  });
});

describe('attachReader', () => {
  it('reuses the buffer on the Node version we ship', async () => {
    let path = '';
    const { server, socket } = await acceptOne((accepted) => {
      const attached = attachReader(accepted, readBuffer, () => {});
      path = attached.path;
      return attached.socket;
    });
    socket.destroy();
    server.close();
    expect(path).toBe('reused buffer');
  });

  it('falls back to the stream when the private handle is missing', () => {
    const accepted = { on: jest.fn(), pause: jest.fn() } as unknown as Socket;
    expect(attachReader(accepted, readBuffer, () => {})).toEqual({ socket: accepted, path: 'stream' });
  });
});
