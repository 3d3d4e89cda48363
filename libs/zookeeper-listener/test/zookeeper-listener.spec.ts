import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { noMeter, silentLogger } from '@milena/platform';
import {
  createZookeeperListener,
  type ClientSocket,
  type ListenerLimits,
  type PacketHandler,
  type ZookeeperListener,
} from '../src/index';

const HOST = '127.0.0.1';

/** Answers every packet with itself; `wait` waits for a release, `bye` closes, `flood` answers with a megabyte. */
class EchoHandler {
  readonly sockets: ClientSocket[] = [];
  readonly releases: (() => void)[] = [];
  closed = 0;

  accept(socket: ClientSocket): PacketHandler {
    this.sockets.push(socket);
    return {
      receive: (packet) => {
        const text = packet.toString();
        if (text === 'bye') {
          socket.send(Buffer.from('bye'));
          socket.close();
        } else if (text === 'wait') {
          return new Promise<void>((resolve) => this.releases.push(resolve)).then(() => socket.send(Buffer.from(text)));
        } else socket.send(text === 'flood' ? Buffer.alloc(1024 * 1024) : Buffer.from(packet));
        return undefined;
      },
      closed: () => (this.closed += 1),
    };
  }

  answerWord = (word: string): string => `answer to ${word}`;
  wordOf = (first: Buffer): string | undefined =>
    ['ruok', 'stat'].find((word) => first.toString('latin1', 0, 4) === word);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('did not come true');
    await delay(5);
  }
}

function framed(...texts: string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const prefix = Buffer.alloc(4);
      prefix.writeInt32BE(text.length);
      return [prefix, Buffer.from(text)];
    }),
  );
}

describe('a zookeeper listener', () => {
  let handler: EchoHandler;
  let listener: ZookeeperListener;
  const clients: Socket[] = [];

  beforeEach(() => (handler = new EchoHandler()));
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await listener.stop();
  });

  async function open(
    limits: Partial<ListenerLimits> = {},
  ): Promise<() => Socket & { received: Buffer; isEnded: boolean }> {
    listener = createZookeeperListener({ host: HOST, port: 0, handler, limits, logger: silentLogger, meter: noMeter });
    const { port } = await listener.start();
    return () => {
      const socket = Object.assign(connect({ host: HOST, port, allowHalfOpen: true }), {
        received: Buffer.alloc(0),
        isEnded: false,
      });
      for (const name of ['end', 'close']) socket.on(name, () => (socket.isEnded = true));
      socket.on('data', (chunk: Buffer) => (socket.received = Buffer.concat([socket.received, chunk])));
      socket.on('error', () => undefined);
      clients.push(socket);
      return socket;
    };
  }

  it('answers a four-letter word and closes, even when more came behind it', async () => {
    const dial = await open();
    const [plain, echo, slow] = [dial(), dial(), dial()];
    plain.write('ruok');
    echo.write('stat\n');
    slow.write('ru');
    await delay(20);
    slow.write('ok');
    await until(() => [plain, echo, slow].every(({ isEnded }) => isEnded));
    expect([plain, echo, slow].map(({ received }) => received.toString())).toEqual([
      'answer to ruok',
      'answer to stat',
      'answer to ruok',
    ]);
  });

  it('answers packets in order, however they arrive, and waits where it is told to', async () => {
    const dial = await open();
    const client = dial();
    const texts = Array.from({ length: 500 }, (_, index) => `packet ${index}`);
    texts.splice(3, 0, 'wait');
    const stream = framed(...texts);
    client.write(stream.subarray(0, 7));
    client.write(stream.subarray(7));
    await until(() => handler.releases.length === 1);
    expect(client.received.length).toBeLessThan(100);
    handler.releases[0]?.();
    await until(() => client.received.length === stream.length);
    expect(client.received.equals(stream)).toBe(true);
  });

  it('sends what was answered before it closes', async () => {
    const client = (await open({ lingerMs: 100 }))();
    client.write(framed('one', 'bye', 'never'));
    await until(() => client.isEnded);
    expect(client.received).toEqual(framed('one', 'bye'));
    await until(() => handler.closed === 1);
  });

  it('closes a connection whose packet is too long, before it is sent', async () => {
    const client = (await open({ packetBytesMax: 1_000 }))();
    client.write(Buffer.from('00000401', 'hex'));
    await until(() => client.isEnded);
    expect(client.received).toHaveLength(0);
  });

  it('reads no more from a client that takes no answers, and cuts it off in the end', async () => {
    const dial = await open({ backlogBytesMax: 1024 * 1024, stallTimeoutMs: 300 });
    const [greedy, modest] = [dial(), dial()];
    greedy.pause();
    greedy.write(framed(...Array.from({ length: 200 }, () => 'flood')));
    await until(() => handler.sockets.length >= 1);
    modest.write(framed('hello'));
    await until(() => modest.received.length > 0);
    await until(() => handler.closed === 1);
    modest.write(framed('still here'));
    await until(() => modest.received.length === framed('hello', 'still here').length);
  });

  it('cuts off a client that takes nothing of what comes unasked', async () => {
    const client = (await open({ unsentBytesMax: 8 * 1024 * 1024 }))();
    client.pause();
    client.write(framed('hello'));
    await until(() => handler.sockets.length === 1);
    for (let count = 0; count < 64; count += 1) handler.sockets[0]?.send(Buffer.alloc(1024 * 1024));
    await until(() => handler.closed === 1);
  });

  it('bounds connections from one address, and counts again those that went', async () => {
    const dial = await open({ connectionsPerAddressMax: 2 });
    const [first, second] = [dial(), dial()];
    for (const client of [first, second]) client.write(framed('a'));
    await until(() => handler.sockets.length === 2);
    const third = dial();
    await until(() => third.isEnded);
    first.end();
    await until(() => handler.closed === 1);
    const fourth = dial();
    fourth.write(framed('b'));
    await until(() => fourth.received.length > 0);
  });

  it('closes those who send nothing, and those who never finish a packet', async () => {
    const dial = await open({ firstBytesTimeoutMs: 100, packetTimeoutMs: 100 });
    const [mute, slow] = [dial(), dial()];
    slow.write(Buffer.concat([framed('whole'), Buffer.from('0000ffff00', 'hex')]));
    await until(() => mute.isEnded && slow.isEnded);
    expect(slow.received).toEqual(framed('whole'));
  });

  it('outlives any bytes', async () => {
    const dial = await open({ packetBytesMax: 1_000 });
    for (let seed = 0; seed < 200; seed += 1) {
      const client = dial();
      client.end(Buffer.from(Array.from({ length: seed % 50 }, (_, index) => (seed * 31 + index * 17) % 256)));
    }
    const good = dial();
    good.write(framed('hello'));
    await until(() => good.received.length > 0);
  });
});
