import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { apiVersions, joinFrame, metadata, readRequestHeader } from '@milena/kafka-protocol';
import { ByteReader } from '@milena/bytes';
import { connectToCluster } from './kafka-client';

const HOST = '127.0.0.1';

function sized(frame: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(frame.length);
  return Buffer.concat([size, frame]);
}

/** A broker that speaks Metadata up to version 9 and answers with what `answer` makes of it, in two pieces. */
async function fakeBroker(
  answer: (socket: Socket, response: Buffer) => void,
): Promise<{ server: Server; address: string }> {
  const server = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      const reader = new ByteReader(chunk.subarray(4));
      const { apiKey, apiVersion, correlationId } = readRequestHeader(reader);
      if (apiKey === apiVersions.key) {
        const body = { errorCode: 0, apiKeys: [{ apiKey: metadata.key, minVersion: 0, maxVersion: 9 }] };
        socket.write(sized(joinFrame(apiVersions.encodeResponse(0, correlationId, body))));
      } else {
        const body = { brokers: [{ nodeId: 1, host: HOST, port: 9092 }], clusterId: `v${apiVersion}`, topics: [] };
        answer(socket, sized(joinFrame(metadata.encodeResponse(apiVersion, correlationId, body))));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return { server, address: `${HOST}:${(server.address() as AddressInfo).port}` };
}

describe('the Kafka client of the command line', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function ask(bootstrap: string, timeoutMs: number): Promise<string | null> {
    const client = await connectToCluster(bootstrap, 1_000);
    try {
      return (await client.request(metadata, { topics: null }, { timeoutMs })).clusterId;
    } finally {
      client.close();
    }
  }

  it('asks in the highest version both speak, and joins an answer that comes in pieces', async () => {
    const broker = await fakeBroker((socket, response) => {
      socket.write(response.subarray(0, 6), () => socket.write(response.subarray(6)));
    });
    server = broker.server;
    expect(await ask(broker.address, 1_000)).toBe('v9');
  });

  it('answers several requests in the order they were made', async () => {
    const broker = await fakeBroker((socket, response) => void socket.write(response));
    server = broker.server;
    const client = await connectToCluster(broker.address, 1_000);
    const ask = () => client.request(metadata, { topics: null }).then(({ clusterId }) => clusterId);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['v9', 'v9', 'v9']);
    client.close();
  });

  it('goes on to the next bootstrap server when one refuses', async () => {
    const broker = await fakeBroker((socket, response) => void socket.write(response));
    server = broker.server;
    expect(await ask(`${HOST}:1,${broker.address}`, 1_000)).toBe('v9');
  });

  it('gives up on a broker that does not answer', async () => {
    const broker = await fakeBroker(() => undefined);
    server = broker.server;
    const message = `broker ${broker.address}: no answer within 50 ms`;
    await expect(ask(broker.address, 50)).rejects.toMatchObject({ exitCode: 124, message });
  });

  it('names the broker that closes the connection or cannot be reached', async () => {
    const broker = await fakeBroker((socket) => void socket.destroy());
    server = broker.server;
    await expect(ask(broker.address, 1_000)).rejects.toThrow(`broker ${broker.address}: closed the connection`);
    await expect(ask(`${HOST}:1`, 1_000)).rejects.toThrow(`cannot connect to broker ${HOST}:1: ECONNREFUSED`);
    await expect(ask('nonsense', 1_000)).rejects.toThrow('--bootstrap-server nonsense: must be host:port,...');
  });
});
