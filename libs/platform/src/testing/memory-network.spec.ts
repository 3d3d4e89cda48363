import { success, type Endpoint } from '@milena/model';
import type { Channel, ChannelFailure } from '../channel';
import { describeChannelContract } from './channel-contract';
import { MAX_QUEUED_BYTES } from './channel-contract-setting';
import { createMemoryNetwork, type MemoryNetwork, type MemoryServer, type NetworkProcess } from './memory-network';
import { createSeededRandom } from './seeded-random';
import { createVirtualTime, type VirtualTime } from './virtual-time';

describeChannelContract('the memory network', () => {
  const time = createVirtualTime();
  const network = createMemoryNetwork({ clock: time.clock, timers: time.timers, maxQueuedBytes: MAX_QUEUED_BYTES });
  const server = network.join('server');
  let unusedPort = 9000;
  return Promise.resolve({
    connector: network.join('client').connector,
    startServer: (register) => {
      const port = server.server(7000);
      register(port);
      port.start();
      return Promise.resolve({
        endpoint: port.endpoint,
        stop: () => Promise.resolve(port.stop()),
        restart: () => Promise.resolve(port.start()),
      });
    },
    unusedEndpoint: () => Promise.resolve({ host: 'server', port: ++unusedPort }),
    settle: (promise) => time.resolve(promise),
    waitFor: async (condition) => {
      if (!(await time.runUntil(condition, 60_000))) throw new Error('it did not happen');
    },
    cleanUp: () => Promise.resolve(),
  });
});

describe('the memory network under faults', () => {
  let time: VirtualTime;
  let network: MemoryNetwork;
  let a: NetworkProcess;
  let b: NetworkProcess;
  let port: MemoryServer;
  let channel: Channel;
  let handled: string[];
  let serverClosed: (ChannelFailure | undefined)[];
  const endpoint: Endpoint = { host: 'b', port: 1 };

  const serve = (process: NetworkProcess): MemoryServer => {
    const server = process.server(endpoint.port);
    server.unary('/s/echo', (request) => {
      handled.push(Buffer.from(request).toString());
      return Promise.resolve(success(request));
    });
    server.stream('/s/stream', () => ({
      onMessage: (message) => void handled.push(Buffer.from(message).toString()),
      onClosed: (failure) => void serverClosed.push(failure),
    }));
    server.start();
    return server;
  };
  const call = (text: string, timeoutMs = 1000) => channel.unary('/s/echo', Buffer.from(text), { timeoutMs });
  const openStream = () => {
    const closed: (ChannelFailure | undefined)[] = [];
    const stream = channel.openStream('/s/stream', {
      onMessage() {},
      onClosed: (failure) => void closed.push(failure),
    });
    return { stream, closed };
  };

  beforeEach(() => {
    time = createVirtualTime();
    network = createMemoryNetwork({
      clock: time.clock,
      timers: time.timers,
      keepAliveMs: 3000,
      connectTimeoutMs: 2000,
    });
    a = network.join('a');
    b = network.join('b');
    handled = [];
    serverClosed = [];
    port = serve(b);
    channel = a.connector.connect(endpoint, 'test');
  });

  it('refuses calls to a process that died, and resets those it had', async () => {
    const { stream, closed } = openStream();
    stream.send(Buffer.from('x'));
    await time.advance(10);
    b.crash();
    await time.advance(2);
    expect(closed.map((failure) => failure?.reason)).toEqual(['reset']);
    expect(await time.resolve(call('y'))).toMatchObject({ ok: false, error: { reason: 'refused' } });
    serve(network.join('b'));
    expect(await time.resolve(call('z'))).toMatchObject({ ok: true });
  });

  it('tells a server within a round trip that its caller died', async () => {
    openStream();
    await time.advance(10);
    a.crash();
    await time.advance(2);
    expect(serverClosed.map((failure) => failure?.reason)).toEqual(['reset']);
  });

  it('runs no handler of a process that died', async () => {
    const { stream } = openStream();
    await time.advance(10);
    stream.send(Buffer.from('under way'));
    b.crash();
    await time.advance(100);
    expect(handled).toEqual([]);
    expect(serverClosed).toEqual([]);
  });

  it('holds messages up while the way is cut and delivers them in order once healed', async () => {
    const { stream, closed } = openStream();
    await time.advance(10);
    network.block('a', 'b');
    stream.send(Buffer.from('1'));
    stream.send(Buffer.from('2'));
    await time.advance(2000);
    expect(handled).toEqual([]);
    network.heal('a', 'b');
    await time.advance(10);
    expect(handled).toEqual(['1', '2']);
    expect(closed).toEqual([]);
  });

  it('breaks connections at both ends when the way stays cut', async () => {
    const { closed } = openStream();
    await time.advance(10);
    network.block('b', 'a');
    await time.advance(3010);
    expect(closed.map((failure) => failure?.reason)).toEqual(['reset']);
    expect(serverClosed.map((failure) => failure?.reason)).toEqual(['reset']);
  });

  it('carries out a request whose answer cannot come back: the caller sees a timeout', async () => {
    await time.resolve(call('connected'));
    network.block('b', 'a');
    expect(await time.resolve(call('one way'))).toMatchObject({ ok: false, error: { reason: 'timeout' } });
    expect(handled).toEqual(['connected', 'one way']);
  });

  it('makes no connection while one way is cut: nothing is carried out, streams time out', async () => {
    network.block('b', 'a');
    const { closed } = openStream();
    expect(await time.resolve(call('never'))).toMatchObject({ error: { reason: 'timeout' } });
    await time.advance(1500);
    expect(closed.map((failure) => failure?.reason)).toEqual(['timeout']);
    expect(handled).toEqual([]);
    expect(await time.resolve(a.connector.refuses(endpoint, 100))).toBe(false);
  });

  it('delivers a request late whose caller has given up', async () => {
    await time.resolve(call('connected'));
    network.block('a', 'b');
    await time.resolve(call('late', 100));
    network.heal('a', 'b');
    await time.advance(10);
    expect(handled).toEqual(['connected', 'late']);
  });

  it('lets a message straggle, and what follows it in its stream, until told to hurry', async () => {
    const held = openStream().stream;
    const other = openStream().stream;
    await time.advance(10);
    network.setStragglers(1, 60_000);
    held.send(Buffer.from('1'));
    network.setStragglers(0, 0);
    held.send(Buffer.from('2'));
    other.send(Buffer.from('overtakes'));
    await time.advance(10);
    expect(handled).toEqual(['overtakes']);
    network.hurryStragglers();
    await time.advance(10);
    expect(handled).toEqual(['overtakes', '1', '2']);
  });

  it('serves a straggling request whose caller has given up', async () => {
    await time.resolve(call('connected'));
    network.setStragglers(1, 60_000);
    expect(await time.resolve(call('late', 100))).toMatchObject({ error: { reason: 'timeout' } });
    await time.advance(60_000);
    expect(handled).toEqual(['connected', 'late']);
  });

  it('hurries a request too whose caller has given up', async () => {
    await time.resolve(call('connected'));
    network.setStragglers(1, 600_000);
    for (const text of ['late', 'later']) await time.resolve(call(text, 1));
    network.setStragglers(0, 0);
    network.hurryStragglers();
    await time.advance(10);
    expect([...handled].sort()).toEqual(['connected', 'late', 'later']);
  });

  it('breaks the stream that loses a message', async () => {
    const { stream, closed } = openStream();
    await time.advance(10);
    network.setLossRate(1);
    stream.send(Buffer.from('lost'));
    await time.advance(10);
    expect(closed.map((failure) => failure?.reason)).toEqual(['reset']);
    expect(serverClosed.map((failure) => failure?.reason)).toEqual(['reset']);
    expect(handled).toEqual([]);
  });

  it('loses requests and answers: the call fails either way, and may have been carried out', async () => {
    network.setLossRate(0.5);
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, index) => time.settle().then(() => index)));
    let failed = 0;
    for (const index of outcomes) if (!(await time.resolve(call(String(index)))).ok) failed += 1;
    expect(failed).toBeGreaterThan(40 - handled.length);
    expect(handled.length).toBeGreaterThan(0);
  });

  it('lets messages of different streams overtake each other', async () => {
    network.setLatency({ min: 0, max: 50 });
    const streams = Array.from({ length: 20 }, () => openStream().stream);
    await time.advance(100);
    streams.forEach((stream, index) => stream.send(Buffer.from(String(index))));
    await time.advance(100);
    expect(handled).toHaveLength(20);
    expect(handled).not.toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
  });

  it('stops listening and breaks connections when a server stops', async () => {
    const { closed } = openStream();
    await time.advance(10);
    port.stop();
    await time.advance(10);
    expect(closed.map((failure) => failure?.reason)).toEqual(['reset']);
    expect(serverClosed.map((failure) => failure?.reason)).toEqual(['reset']);
  });

  it('fails loudly when a handler breaks an invariant', async () => {
    const server = b.server(2);
    server.unary('/s/broken', () => Promise.reject(new Error('a broken invariant')));
    server.start();
    void a.connector.connect({ host: 'b', port: 2 }, 'x').unary('/s/broken', Buffer.alloc(0), { timeoutMs: 10 });
    await expect(time.advance(20)).rejects.toThrow('a broken invariant');
  });

  it('does the same for the same seed, and something else for another', async () => {
    const run = async (seed: number): Promise<string> => {
      const virtual = createVirtualTime();
      const trace: string[] = [];
      const lossy = createMemoryNetwork({
        clock: virtual.clock,
        timers: virtual.timers,
        random: createSeededRandom(seed),
        latencyMs: { min: 0, max: 20 },
        observe: ({ from, to, method, bytes }) =>
          void trace.push(`${virtual.nowMs()} ${from}>${to} ${method} ${Buffer.from(bytes).toString()}`),
      });
      lossy.setLossRate(0.1);
      const echo = lossy.join('b').server(1);
      echo.unary('/s/echo', (request) => Promise.resolve(success(request)));
      echo.start();
      const caller = lossy.join('a').connector.connect(echo.endpoint, 'test');
      for (let index = 0; index < 30; index++) {
        virtual.timers.after(index, () => void caller.unary('/s/echo', Buffer.from(String(index)), { timeoutMs: 50 }));
      }
      await virtual.advance(200);
      return trace.join('\n');
    };
    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });
});
