import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { create, toBinary } from '@bufbuild/protobuf';
import { success } from '@milena/model';
import { ServerReflectionRequestSchema } from '@milena/proto';
import { createGrpcConnector } from './grpc-connector';
import { createGrpcServer, type GrpcServer } from './grpc-server';
import { REFLECTION_METHODS } from './reflection-service';

const ECHO = '/milena.test.v1.TestService/Echo';
const STREAM = '/milena.test.v1.TestService/Stream';
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = Buffer.from('000000040000000000', 'hex');

/** One HTTP/2 frame (RFC 9113, section 4.1). */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Types of the HTTP/2 frames in some bytes. */
function frameTypes(bytes: Buffer): readonly number[] {
  const types: number[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) types.push(bytes.readUInt8(at + 3));
  return types;
}

/** A call of STREAM without a message, given up in the same breath. */
function resetCall(stream: number): Buffer {
  const field = (name: string, value: string): Buffer =>
    Buffer.from(`\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`, 'latin1');
  const pseudo = [field(':method', 'POST'), field(':scheme', 'http'), field(':path', STREAM)];
  const headers = Buffer.concat([...pseudo, field('content-type', 'application/grpc'), field('te', 'trailers')]);
  return Buffer.concat([frame(1, 4, stream, headers), frame(3, 0, stream, Buffer.from('00000008', 'hex'))]);
}

describe('a server under hostile input', () => {
  let server: GrpcServer;
  let port: number;

  beforeEach(async () => {
    server = createGrpcServer({ host: '127.0.0.1', port: 0, maxReceiveBytes: 10_000 });
    server.unary(ECHO, (request) => Promise.resolve(success(request)));
    server.stream(STREAM, (stream) => ({ onMessage: (message) => stream.send(message), onClosed: () => stream.end() }));
    ({ port } = await server.start());
  });
  afterEach(() => server.stop());

  const expectAlive = async (): Promise<void> => {
    const channel = createGrpcConnector().connect({ host: '127.0.0.1', port }, 'test');
    expect(await channel.unary(ECHO, Buffer.from('alive'), { timeoutMs: 3000 })).toMatchObject({ ok: true });
    channel.close();
  };

  /** Sends bytes and closes; resolves to what the server sent once the connection is gone. */
  const attack = (bytes: Buffer): Promise<Buffer> =>
    new Promise((resolve) => {
      const received: Buffer[] = [];
      const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
      socket.on('error', () => {});
      socket.on('close', () => resolve(Buffer.concat(received)));
      socket.on('data', (chunk) => received.push(chunk));
    });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', Buffer.from('0123456789'.repeat(1000))],
    ['an HTTP/1 request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['half a preface', PREFACE.subarray(0, 10)],
    ['a frame of 16 MiB', Buffer.concat([PREFACE, SETTINGS, Buffer.from('ffffff010500000001', 'hex')])],
    ['headers that are no HPACK', Buffer.concat([PREFACE, SETTINGS, frame(1, 5, 1, Buffer.alloc(50, 0xff))])],
    ['a request without a path', Buffer.concat([PREFACE, SETTINGS, frame(1, 5, 1, Buffer.from([0x83, 0x86]))])],
    ['data on a stream never opened', Buffer.concat([PREFACE, SETTINGS, frame(0, 1, 9, Buffer.from('x'))])],
    ['a stream id of a server', Buffer.concat([PREFACE, SETTINGS, frame(1, 5, 2, Buffer.from([0x83, 0x86, 0x84]))])],
    ['settings of an odd length', Buffer.concat([PREFACE, frame(4, 0, 0, Buffer.alloc(5))])],
    [
      'ten thousand pings',
      Buffer.concat([PREFACE, SETTINGS, ...Array<Buffer>(10_000).fill(frame(6, 0, 0, Buffer.alloc(8)))]),
    ],
  ])('survives %s', async (_name, bytes) => {
    await attack(bytes);
    await expectAlive();
  });

  /** Makes a well-formed HTTP/2 request with a body that is none of gRPC; resolves to the status, if any came. */
  const request = (path: string, headers: Record<string, string>, body: Buffer): Promise<string | undefined> =>
    new Promise((resolve) => {
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      session.on('error', () => {});
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      });
      let status: string | undefined;
      const note = (received: Record<string, unknown>): void => {
        const value = received['grpc-status'];
        if (value !== undefined) status = String(value);
      };
      stream.on('response', note);
      stream.on('trailers', note);
      stream.on('error', () => {});
      stream.on('close', () => {
        session.destroy();
        resolve(status);
      });
      stream.resume();
      stream.end(body);
    });

  it.each([ECHO, STREAM])('answers bodies that are no messages with a status, on %s', async (path) => {
    const lyingLength = Buffer.from('007fffffff61', 'hex');
    expect(await request(path, {}, lyingLength)).toBe('8');
    const notGzip = Buffer.from('010000000461626364', 'hex');
    expect(await request(path, { 'grpc-encoding': 'gzip' }, notGzip)).toBe('13');
    expect(await request(path, { 'grpc-encoding': 'unheard-of' }, notGzip)).toBe('12');
    expect(await request(path, { 'grpc-timeout': 'soon' }, Buffer.alloc(0))).toBe('13');
    await expectAlive();
  });

  it('ends a connection whose calls are reset as soon as they are made', async () => {
    const frameTypesAfter = async (count: number): Promise<readonly number[]> => {
      const calls = Array.from({ length: count }, (_, index) => resetCall(2 * index + 1));
      return frameTypes(await attack(Buffer.concat([PREFACE, SETTINGS, ...calls])));
    };
    const GOAWAY = 7;
    expect(await frameTypesAfter(100)).not.toContain(GOAWAY);
    expect(await frameTypesAfter(200)).toContain(GOAWAY);
    await expectAlive();
  });

  it('ends the connection of who asks for descriptors and does not read them', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const closed = new Promise((resolve) => session.on('close', resolve));
    const [path] = REFLECTION_METHODS;
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => {});
    stream.pause();
    const messageRequest = { case: 'fileContainingSymbol' as const, value: 'milena.admin.v1.TopicService' };
    const question = toBinary(ServerReflectionRequestSchema, create(ServerReflectionRequestSchema, { messageRequest }));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(question.length, 1);
    for (let count = 0; count < 100; count++) stream.write(Buffer.concat([head, question]));
    await closed;
    await expectAlive();
  });

  it('survives a flood of streams that are reset at once', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const closed = new Promise((resolve) => session.on('close', resolve));
    for (let count = 0; count < 2000 && !session.destroyed; count++) {
      const stream = session.request({ ':method': 'POST', ':path': ECHO, 'content-type': 'application/grpc' });
      stream.on('error', () => {});
      stream.close(constants.NGHTTP2_CANCEL);
    }
    session.close();
    await closed;
    await expectAlive();
  });
});
