import { connect, type Socket } from 'node:net';
import { apiVersions, type Api, type Fields, type Message, type MessageInput } from '@milena/kafka-protocol';
import { endpointText, type Endpoint } from '@milena/model';
import { CommandFailure, type FailureExitCode } from '../command-failure';
import { bootstrapEndpoints } from './bootstrap-endpoints';
import { NO_BROKER_HINT } from './kafka-failure';

const CLIENT_ID = 'milena-cli';
const SIZE_BYTES = 4;
/** Larger answers are refused: no command asks for that much. */
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;

/** Bounds of one request. */
export interface RequestOptions {
  /** How long to wait for the answer; 10 s. */
  readonly timeoutMs?: number;
  /** Highest version to speak, where a later one means something else. */
  readonly versionMax?: number;
}

/** One connection to a broker; requests take turns. Every wait is bounded; whatever goes wrong throws CommandFailure. */
export interface KafkaClient {
  /** Sends a request in the highest version both sides speak. */
  request<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: MessageInput<Q>,
    options?: RequestOptions,
  ): Promise<Message<S>>;
  close(): void;
}

/** Connects to the first broker of `bootstrap` (`host:port,...`) that answers. */
export async function connectToCluster(bootstrap: string, timeoutMs = 5_000): Promise<KafkaClient> {
  let last: unknown;
  for (const endpoint of bootstrapEndpoints(bootstrap)) {
    try {
      return await connectToBroker(endpoint, timeoutMs);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** Connects to one broker and asks which versions it speaks. */
export async function connectToBroker(endpoint: Endpoint, timeoutMs = 5_000): Promise<KafkaClient> {
  const broker = endpointText(endpoint);
  const exchange = createExchange(await openSocket(endpoint, timeoutMs), broker);
  const header = { apiVersion: 0, correlationId: 0, clientId: CLIENT_ID };
  const frame = await exchange.send(apiVersions.encodeRequest(header, {}), timeoutMs);
  const spoken = new Map(
    apiVersions
      .decodeResponse(0, frame)
      .body.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { min: minVersion, max: maxVersion }]),
  );
  let correlationId = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    async request(api, body, { timeoutMs: answerWithinMs = 10_000, versionMax = Infinity } = {}) {
      const range = spoken.get(api.key);
      const apiVersion = Math.min(range?.max ?? -1, api.versions.max, versionMax);
      if (range === undefined || apiVersion < Math.max(range.min, api.versions.min)) {
        throw new CommandFailure(1, `broker ${broker} speaks no version of ${api.name} that this command knows`);
      }
      correlationId += 1;
      const header = { apiVersion, correlationId, clientId: CLIENT_ID };
      const answer = turn.then(() => exchange.send(api.encodeRequest(header, body), answerWithinMs));
      turn = answer.catch(() => undefined);
      const response = api.decodeResponse(apiVersion, await answer);
      if (response.correlationId === header.correlationId) return response.body;
      throw new CommandFailure(1, `broker ${broker} answered another request than it was asked`);
    },
    close: () => exchange.close(),
  };
}

function openSocket(endpoint: Endpoint, timeoutMs: number): Promise<Socket> {
  const broker = endpointText(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
    const timer = setTimeout(() => fail(124, `no connection within ${timeoutMs} ms`), timeoutMs);
    const onError = (error: NodeJS.ErrnoException) => fail(1, error.code ?? error.message);
    const fail = (exitCode: FailureExitCode, reason: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new CommandFailure(exitCode, `cannot connect to broker ${broker}: ${reason}; ${NO_BROKER_HINT}`));
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

interface Exchange {
  send(request: Buffer, timeoutMs: number): Promise<Buffer>;
  close(): void;
}

/** One request out, one frame back. After a failure the socket is gone and every later send fails too. */
function createExchange(socket: Socket, broker: string): Exchange {
  let received = Buffer.alloc(0);
  let waiting: { resolve: (frame: Buffer) => void; reject: (error: Error) => void } | undefined;

  function fail(reason: string, exitCode: FailureExitCode = 1): void {
    socket.destroy();
    waiting?.reject(new CommandFailure(exitCode, `broker ${broker}: ${reason}`));
    waiting = undefined;
  }

  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < SIZE_BYTES) return;
    const size = received.readInt32BE(0);
    if (size < 0 || size > RESPONSE_BYTES_MAX) return fail(`answered with a frame of ${size} bytes`);
    if (received.length < SIZE_BYTES + size) return;
    const frame = received.subarray(SIZE_BYTES, SIZE_BYTES + size);
    received = received.subarray(SIZE_BYTES + size);
    waiting?.resolve(frame);
    waiting = undefined;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
  socket.on('close', () => fail('closed the connection'));

  return {
    send: (request, timeoutMs) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new CommandFailure(1, `broker ${broker}: the connection is closed`));
        const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`, 124), timeoutMs);
        const settled = <T>(settle: (value: T) => void) => {
          return (value: T) => {
            clearTimeout(timer);
            settle(value);
          };
        };
        waiting = { resolve: settled(resolve), reject: settled(reject) };
        const size = Buffer.alloc(SIZE_BYTES);
        size.writeInt32BE(request.length);
        socket.write(Buffer.concat([size, request]));
      }),
    close: () => void socket.destroy(),
  };
}
