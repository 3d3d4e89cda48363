import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '@milena/model';
import type { MonitorHandler } from './monitor-handler';
import { limitPipelining } from './pipelining-limit';

/** Scrapers and probes are few; enough to let them in while strangers hold connections open. */
const CONNECTIONS_MAX = 1_000;
/** Requests of one connection that wait for their answers; scrapers send one at a time. */
const UNANSWERED_MAX = 8;
const HEADERS_MAX = 50;
const HEADER_BYTES_MAX = 8 * 1024;
const HEADERS_WITHIN_MS = 5_000;
const REQUEST_WITHIN_MS = 10_000;
const IDLE_MS = 65_000;

/** An HTTP server for the monitor's pages. */
export interface MonitorServer {
  /** Starts to listen; where, undefined when it was stopped before. Rejects with the error of the socket. */
  start(): Promise<Endpoint | undefined>;
  /** Cuts connections and stops listening. */
  stop(): Promise<void>;
}

/** Makes a server of the monitor's pages and nothing else: bodies are refused, everything is bounded. */
export function createMonitorServer({ host, port }: Endpoint, handler: MonitorHandler): MonitorServer {
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: HEADERS_WITHIN_MS,
  });
  server.maxHeadersCount = HEADERS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  limitPipelining(server, UNANSWERED_MAX);
  server.on('request', (request, response) => {
    // Whoever sends a body loses the connection with the answer, so that none of it is read.
    if (Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined) {
      response.setHeader('connection', 'close');
    }
    if (!handler(request, response)) response.writeHead(404, { 'content-length': 0 }).end();
  });
  return {
    start: () => listening(server, { host, port }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, { host, port }: Endpoint): Promise<Endpoint | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('close', () => resolve(undefined));
    server.listen({ ...(host === '' ? {} : { host }), port }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      const { address, port: boundPort } = server.address() as AddressInfo;
      resolve({ host: host === '' ? address : host, port: boundPort });
    });
  });
}
