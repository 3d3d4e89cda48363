import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '@milena/model';
import type { Logger } from '@milena/platform';
import { limitPipelining } from '@milena/telemetry';

const CONNECTIONS_MAX = 1000;
/** Requests of one connection that wait for their answers; clients send one at a time. */
const UNANSWERED_MAX = 16;
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 100;
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
const IDLE_MS = 65_000;
const CHECK_INTERVAL_MS = 1_000;

/** What an HTTP server answers with. */
export interface AdminHttpServerOptions extends Endpoint {
  /** The monitor's pages: says whether a request was for one of them. */
  readonly monitor: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Everything else. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly logger: Logger;
}

/** The HTTP listener of a gateway. */
export interface AdminHttpServer {
  /** Starts to listen; where. Rejects with the error of the socket. */
  start(): Promise<Endpoint>;
  /** Lets requests under way end for at most `graceMs`, then cuts the connections. */
  stop(graceMs: number): Promise<void>;
}

/** Makes an HTTP server whose connections, headers and times are bounded. */
export function createAdminHttpServer(options: AdminHttpServerOptions): AdminHttpServer {
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  });
  server.maxHeadersCount = HEADERS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  limitPipelining(server, UNANSWERED_MAX);
  server.on('request', (request, response) => {
    if (!options.monitor(request, response)) options.handle(request, response);
  });
  return {
    start: () => listening(server, options),
    stop: (graceMs) =>
      new Promise((resolve) => {
        const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(deadline);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function listening(server: Server, { host, port, logger }: AdminHttpServerOptions): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...(host === '' ? {} : { host }), port }, () => {
      server.off('error', reject);
      server.on('error', (error) => logger.error('accepting connections failed', { error: error.message }));
      const { address, port: boundPort } = server.address() as AddressInfo;
      resolve({ host: host === '' ? address : host, port: boundPort });
    });
  });
}
