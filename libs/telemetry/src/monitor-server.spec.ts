import { once } from 'node:events';
import { connect } from 'node:net';
import { createMonitorHandler } from './monitor-handler';
import { createMonitorServer, type MonitorServer } from './monitor-server';

describe('the monitor endpoint', () => {
  let server: MonitorServer;
  let port: number;
  let waitsFor: string | undefined;
  let page: string;
  beforeEach(async () => {
    waitsFor = undefined;
    page = 'up 1\n';
    const handler = createMonitorHandler({
      metricsPage: () => Promise.resolve({ contentType: 'text/plain', text: page }),
      service: { isReady: () => waitsFor === undefined, whyNotReady: () => waitsFor },
    });
    server = createMonitorServer({ host: '127.0.0.1', port: 0 }, handler);
    ({ port } = (await server.start())!);
  });
  afterEach(() => server.stop());

  async function get(path: string, method = 'GET'): Promise<readonly [number, string]> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return [response.status, await response.text()];
  }

  /** What comes back for raw bytes until the connection ends. */
  function send(text: string): Promise<string> {
    return new Promise((resolve) => {
      let received = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(received));
    });
  }

  it('answers its three paths and nothing else', async () => {
    expect(await get('/metrics')).toEqual([200, 'up 1\n']);
    expect(await get('/healthz')).toEqual([200, 'alive\n']);
    expect(await get('/readyz?verbose')).toEqual([200, 'ready\n']);
    expect(await get('/metrics', 'HEAD')).toEqual([200, '']);
    expect(await get('/')).toEqual([404, '']);
    expect(await get('/metrics/../etc')).toEqual([404, '']);
  });

  it('says in one line why a service is not ready, while it is alive', async () => {
    waitsFor = 'the quorum has no leader\nin epoch 3';
    expect(await get('/readyz')).toEqual([503, 'the quorum has no leader in epoch 3\n']);
    expect(await get('/healthz')).toEqual([200, 'alive\n']);
  });

  it('lets nobody write, and reads no bodies', async () => {
    expect((await get('/metrics', 'DELETE'))[0]).toBe(405);
    const head = 'POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n';
    expect(await send(head)).toMatch(/^HTTP\/1.1 405 [\s\S]*connection: close/i);
  });

  it('refuses headers without end', async () => {
    expect(await send(`GET /metrics HTTP/1.1\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/);
  });

  it('keeps few pages for readers who do not read, and answers probes all the same', async () => {
    page = 'x'.repeat(5 * 1024 * 1024);
    const slow = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const request = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n';
        const socket = connect(port, '127.0.0.1', () => socket.write(request.repeat(2)));
        const [start] = (await once(socket, 'data')) as [Buffer];
        socket.pause();
        return { socket, status: start.toString('latin1', 9, 12) };
      }),
    );
    expect(slow.filter(({ status }) => status === '200').length).toBeLessThanOrEqual(32);
    expect(slow.filter(({ status }) => status === '503').length).toBeGreaterThanOrEqual(8);
    expect((await get('/readyz'))[0]).toBe(200);
    await Promise.all(
      slow.map(({ socket }) => {
        socket.destroy();
        return once(socket, 'close');
      }),
    );
    page = 'up 1\n';
    let scraped: readonly [number, string] = [503, ''];
    while (scraped[0] === 503) scraped = await get('/metrics');
    expect(scraped).toEqual([200, 'up 1\n']);
  });

  it('does not listen when it was stopped before', async () => {
    const other = createMonitorServer({ host: '127.0.0.1', port: 0 }, () => false);
    const starting = other.start();
    await other.stop();
    expect(await starting).toBeUndefined();
  });
});
