import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ChannelFailure } from '@milena/platform';
import { createGrpcConnector } from './grpc-connector';
import { createGrpcServer } from './grpc-server';
import { waitUntil } from './testing/wait-until';

const METHOD = '/milena.test.v1.TestService/Stream';
const host = '127.0.0.1';

/** A server of its own process that accepts the stream and prints its port. */
const SERVER = `
  const { Server, ServerCredentials, Metadata } = require('@grpc/grpc-js');
  const server = new Server();
  const same = (bytes) => bytes;
  server.register('${METHOD}', (call) => { call.sendMetadata(new Metadata()); call.on('data', (m) => call.write(m)); }, same, same, 'bidi');
  server.bindAsync('${host}:0', ServerCredentials.createInsecure(), (error, port) => console.log(port));
`;

/** A caller of its own process that opens a stream to the port in argv[1]. */
const CALLER = `
  const { Client, credentials } = require('@grpc/grpc-js');
  const client = new Client('${host}:' + process.argv[1], credentials.createInsecure());
  const same = (bytes) => bytes;
  const call = client.makeBidiStreamRequest('${METHOD}', same, same);
  call.on('error', () => {});
  call.resume();
  call.write(Buffer.from('hello'));
`;

function run(script: string, ...argv: string[]): ChildProcess {
  return spawn(process.execPath, ['-e', script, ...argv], { cwd: __dirname, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** How long after SIGKILL a condition holds, milliseconds. */
async function killAndWait(child: ChildProcess, condition: () => boolean): Promise<number> {
  const startMs = performance.now();
  child.kill('SIGKILL');
  await waitUntil(condition);
  return performance.now() - startMs;
}

describe('a peer that is killed', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('is seen by its callers at once: reset, and refused from then on', async () => {
    const child = run(SERVER);
    children.push(child);
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const endpoint = { host, port: Number(line.toString()) };
    const channel = createGrpcConnector().connect(endpoint, 'test');
    const closed: (ChannelFailure | undefined)[] = [];
    let echoed = 0;
    const stream = channel.openStream(METHOD, {
      onMessage: () => void (echoed += 1),
      onClosed: (failure) => void closed.push(failure),
    });
    stream.send(Buffer.from('hello'));
    await waitUntil(() => echoed === 1);
    const tookMs = await killAndWait(child, () => closed.length === 1);
    expect(closed[0]?.reason).toBe('reset');
    expect(tookMs).toBeLessThan(1000);
    expect(await createGrpcConnector().refuses(endpoint, 1000)).toBe(true);
    expect(await channel.unary(METHOD, Buffer.alloc(0), { timeoutMs: 1000 })).toMatchObject({
      error: { reason: 'refused' },
    });
    channel.close();
  });

  it('is seen by its server at once: reset, not a good end', async () => {
    const server = createGrpcServer({ host, port: 0 });
    const closed: (ChannelFailure | undefined)[] = [];
    let received = 0;
    server.stream(METHOD, () => ({
      onMessage: () => void (received += 1),
      onClosed: (failure) => void closed.push(failure),
    }));
    const { port } = await server.start();
    const child = run(CALLER, String(port));
    children.push(child);
    await waitUntil(() => received === 1);
    const tookMs = await killAndWait(child, () => closed.length === 1);
    expect(closed[0]?.reason).toBe('reset');
    expect(tookMs).toBeLessThan(1000);
    await server.stop();
  });
});
