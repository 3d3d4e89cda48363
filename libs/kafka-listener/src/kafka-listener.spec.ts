import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Endpoint } from '@milena/model';
import { noMeter, silentLogger, type Logger } from '@milena/platform';
import type { AnswerFrame, FrameHandler } from './kafka-connection';
import { createKafkaListener, type KafkaListener, type KafkaListenerOptions } from './kafka-listener';
import { ListenFailure } from './listen-failure';

/** A client that frames texts and reads framed texts. */
class Client {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  #input = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #wake: () => void = () => {};

  constructor(endpoint: Endpoint) {
    this.socket = connect({ ...endpoint, allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#wake();
    });
    this.socket.on('end', () => this.socket.end());
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  send(...bodies: readonly string[]): void {
    this.socket.write(Buffer.concat(bodies.map(framed)));
  }

  async receive(): Promise<string> {
    await this.#until(4);
    const end = 4 + this.#input.readInt32BE(0);
    await this.#until(end);
    const body = this.#input.subarray(4, end).toString();
    this.#input = this.#input.subarray(end);
    return body;
  }

  async #until(length: number): Promise<void> {
    const missing = () => length - this.#input.length - this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    while (missing() > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#input = Buffer.concat([this.#input, ...this.#chunks]);
    this.#chunks = [];
  }
}

function framed(body: string): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeInt32BE(Buffer.byteLength(body));
  return Buffer.concat([prefix, Buffer.from(body)]);
}

const echo: FrameHandler = (frame) => Promise.resolve(Buffer.from(frame));

/** Answers when told to, in whatever order. */
function createManualHandler() {
  const calls: { readonly body: string; readonly settle: (answer: AnswerFrame | undefined) => void }[] = [];
  let wake: () => void = () => {};
  const handle: FrameHandler = (frame) =>
    new Promise((resolve) => {
      calls.push({ body: frame.toString(), settle: resolve });
      wake();
    });
  const nth = async (index: number) => {
    while (calls.length <= index) await new Promise<void>((resolve) => (wake = resolve));
    return calls[index]!;
  };
  return { calls, handle, nth };
}

describe('a kafka listener', () => {
  let listener: KafkaListener;
  let endpoint: Endpoint;

  async function listen(handle: FrameHandler, options: Partial<KafkaListenerOptions> = {}): Promise<void> {
    listener = createKafkaListener({
      name: 'PLAINTEXT',
      host: '127.0.0.1',
      port: 0,
      handle,
      logger: silentLogger,
      meter: noMeter,
      ...options,
    });
    endpoint = await listener.start();
  }

  afterEach(() => listener.stop(0));

  it('answers a request with what the handler gives, whole or in pieces', async () => {
    await listen((frame) => Promise.resolve([Buffer.from('<'), Buffer.from(frame), Buffer.from('>')]));
    const client = new Client(endpoint);
    client.send('one', 'two');
    expect([await client.receive(), await client.receive()]).toEqual(['<one>', '<two>']);
  });

  it('begins a request only when the one before is answered', async () => {
    const manual = createManualHandler();
    await listen(manual.handle);
    const client = new Client(endpoint);
    client.send('one', 'two');
    const first = await manual.nth(0);
    const other = new Client(endpoint);
    other.send('barrier');
    (await manual.nth(1)).settle(Buffer.from('passed'));
    expect(await other.receive()).toBe('passed');
    expect(manual.calls.map(({ body }) => body)).toEqual(['one', 'barrier']);
    first.settle(Buffer.from('first'));
    (await manual.nth(2)).settle(Buffer.from('second'));
    expect([await client.receive(), await client.receive()]).toEqual(['first', 'second']);
  });

  it('sends nothing for a request that wants no answer', async () => {
    await listen((frame) => Promise.resolve(frame.toString() === 'quiet' ? undefined : Buffer.from(frame)));
    const client = new Client(endpoint);
    client.send('quiet', 'loud');
    expect(await client.receive()).toBe('loud');
  });

  it('answers everything of a burst longer than its queue', async () => {
    await listen(echo, { limits: { queuedRequestsMax: 4 } });
    const client = new Client(endpoint);
    const bodies = Array.from({ length: 300 }, (_, index) => `request ${index}`);
    client.send(...bodies);
    for (const body of bodies) expect(await client.receive()).toBe(body);
  });

  it('leaves a request buffer alone while its request is under way', async () => {
    const kept: Buffer[] = [];
    const manual = createManualHandler();
    await listen((frame, connection) => {
      kept.push(frame);
      return manual.handle(frame, connection);
    });
    const bodies = ['a', 'b'].map((letter) => letter.repeat(100_000));
    for (const body of bodies) {
      new Client(endpoint).send(body);
      await manual.nth(kept.length);
    }
    expect(kept.map((frame) => frame.toString())).toEqual(bodies);
    manual.calls.forEach(({ settle }) => settle(undefined));
  });

  it.each([-1, 0, 1001])('closes a connection that declares %i bytes, and logs it once', async (size) => {
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
    const manual = createManualHandler();
    await listen(manual.handle, { limits: { requestBytesMax: 1000 }, logger });
    const client = new Client(endpoint);
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(size);
    client.socket.write(prefix);
    await client.closed;
    expect(manual.calls).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it('closes a connection whose request is rejected, after the answers before it', async () => {
    await listen((frame) =>
      frame.toString() === 'bad' ? Promise.reject(new Error('malformed')) : echo(frame, {} as never),
    );
    const client = new Client(endpoint);
    client.send('good', 'bad', 'never');
    expect(await client.receive()).toBe('good');
    await client.closed;
  });

  it('answers what was sent before the client closed its half', async () => {
    const manual = createManualHandler();
    await listen(manual.handle);
    const client = new Client(endpoint);
    client.send('one', 'two');
    client.socket.end();
    (await manual.nth(0)).settle(Buffer.from('first'));
    (await manual.nth(1)).settle(Buffer.from('second'));
    expect([await client.receive(), await client.receive()]).toEqual(['first', 'second']);
    await client.closed;
  });

  it('stops carrying out requests of a client that takes no answers', async () => {
    let served = 0;
    const large = Buffer.alloc(1024 * 1024, 'x');
    const handle: FrameHandler = (frame) => {
      if (frame.toString() === 'ping') return Promise.resolve(Buffer.from('pong'));
      served++;
      return Promise.resolve(large);
    };
    await listen(handle, { limits: { responseBacklogBytesMax: 2 * 1024 * 1024 } });
    const greedy = new Client(endpoint);
    greedy.socket.pause();
    greedy.send(...Array.from({ length: 40 }, () => 'more'));
    const other = new Client(endpoint);
    for (let turn = 0; turn < 50; turn++) {
      other.send('ping');
      await other.receive();
    }
    // What the system buffers for a socket on top of our bound is some megabytes.
    expect(served).toBeLessThan(25);
    greedy.socket.resume();
    for (let answer = 0; answer < 40; answer++) expect(await greedy.receive()).toHaveLength(large.length);
  });

  it('serves connections that had to wait for memory once it is free', async () => {
    const manual = createManualHandler();
    await listen(manual.handle, { limits: { heldBytesMax: 1000 } });
    const clients = [new Client(endpoint), new Client(endpoint)];
    const body = 'x'.repeat(2000);
    clients[0]?.send(body, body);
    await manual.nth(0);
    clients[1]?.send(body);
    for (let index = 0; index < 3; index++) (await manual.nth(index)).settle(Buffer.from('done'));
    expect(await clients[1]?.receive()).toBe('done');
  });

  it('refuses connections above the limit of one address, and takes one again when another has gone', async () => {
    await listen(echo, { limits: { connectionsPerAddressMax: 2 } });
    const clients = [new Client(endpoint), new Client(endpoint)];
    for (const client of clients) {
      client.send('hello');
      await client.receive();
    }
    await new Client(endpoint).closed;
    clients[0]?.socket.end();
    await clients[0]?.closed;
    const next = new Client(endpoint);
    next.send('hello');
    expect(await next.receive()).toBe('hello');
  });

  it('refuses connections above the limit of all', async () => {
    await listen(echo, { limits: { connectionsMax: 0 } });
    await new Client(endpoint).closed;
  });

  it('closes a connection that never sends anything', async () => {
    await listen(echo, { limits: { firstByteTimeoutMs: 20 } });
    await new Client(endpoint).closed;
  });

  it('closes an idle connection', async () => {
    await listen(echo, { limits: { idleTimeoutMs: 20 } });
    const client = new Client(endpoint);
    client.send('hello');
    await client.receive();
    await client.closed;
  });

  it('closes a connection that lets a request dribble in, while one that waits for an answer stays', async () => {
    const manual = createManualHandler();
    await listen(manual.handle, { limits: { frameTimeoutMs: 20, idleTimeoutMs: 20 } });
    const patient = new Client(endpoint);
    patient.send('parked');
    const parked = await manual.nth(0);
    const slow = new Client(endpoint);
    slow.socket.write(framed('never complete').subarray(0, 6));
    await slow.closed;
    parked.settle(Buffer.from('at last'));
    expect(await patient.receive()).toBe('at last');
  });

  it('cuts off a client that does not take its answers for too long', async () => {
    let cutOff: (reason: unknown) => void = () => {};
    const reason = new Promise((resolve) => (cutOff = resolve));
    const logger: Logger = { ...silentLogger, debug: (_message, facts) => cutOff(facts?.['reason']) };
    await listen(() => Promise.resolve(Buffer.alloc(16 * 1024 * 1024)), {
      limits: { responseBacklogBytesMax: 1024 * 1024, responseStallTimeoutMs: 20 },
      logger,
    });
    const client = new Client(endpoint);
    client.socket.pause();
    client.send('one', 'two');
    expect(await reason).toBe('answers are not taken');
    client.socket.destroy();
  });

  it('finishes the request under way when it stops, refuses new clients, and closes idle ones', async () => {
    const manual = createManualHandler();
    await listen(manual.handle);
    const idle = new Client(endpoint);
    const busy = new Client(endpoint);
    busy.send('one', 'two');
    const one = await manual.nth(0);
    const stopped = listener.stop(60_000);
    await idle.closed;
    const [refused] = (await once(connect(endpoint), 'error')) as [NodeJS.ErrnoException];
    expect(refused.code).toBe('ECONNREFUSED');
    one.settle(Buffer.from('first'));
    expect(await busy.receive()).toBe('first');
    await stopped;
    expect(manual.calls).toHaveLength(1);
  });

  it('cuts off requests that outlast the time it was given to stop', async () => {
    const manual = createManualHandler();
    await listen(manual.handle);
    const client = new Client(endpoint);
    client.send('forever');
    await manual.nth(0);
    await listener.stop(10);
    await client.closed;
  });

  it('names host and port when the port is taken', async () => {
    await listen(echo);
    const second = createKafkaListener({
      name: 'PLAINTEXT',
      ...endpoint,
      handle: echo,
      logger: silentLogger,
      meter: noMeter,
    });
    await expect(second.start()).rejects.toThrow(ListenFailure);
    await expect(second.start()).rejects.toThrow(
      `listener PLAINTEXT cannot listen on 127.0.0.1:${endpoint.port}: the port is taken by another process`,
    );
  });
});
