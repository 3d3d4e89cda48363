import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { limitPipelining } from './pipelining-limit';

const ONE = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const LAST = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

describe('a limit on pipelined requests', () => {
  let server: Server;
  let port: number;
  let requests: number;
  beforeEach(async () => {
    requests = 0;
    server = createServer((_, response) => {
      requests += 1;
      setImmediate(() => response.end('well'));
    });
    limitPipelining(server, 4);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** What comes back for some bytes until the connection ends. */
  async function send(...pieces: readonly string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', () => undefined);
    for (const piece of pieces) {
      const before = received.split('well').length;
      socket.write(piece);
      while (piece !== pieces.at(-1) && received.split('well').length === before) await once(socket, 'data');
    }
    await once(socket, 'close');
    return received;
  }

  it('hands nothing on beyond it, and ends the connection', async () => {
    await send(ONE.repeat(1000));
    expect(requests).toBe(4);
  });

  it('counts what waits, not what was answered', async () => {
    const answers = await send(...Array.from({ length: 20 }, () => ONE), LAST);
    expect(answers.match(/well/g)).toHaveLength(21);
    expect((await send(ONE.repeat(3) + LAST)).match(/200 OK/g)).toHaveLength(4);
  });
});
