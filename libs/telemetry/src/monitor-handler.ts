import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricsPage } from './metrics-page';
import type { Service } from './run-service';

/** Answers a request for one of the monitor's paths, and says whether it was one; others it does not touch. */
export type MonitorHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What the monitor's pages show. */
export interface MonitorHandlerOptions {
  readonly metricsPage: () => Promise<MetricsPage>;
  readonly service: Pick<Service, 'isReady' | 'whyNotReady'>;
}

const TEXT = 'text/plain; charset=utf-8';
/** Scrapes under way at one time. Pages are large, and whoever does not read one keeps it in memory. */
const SCRAPES_MAX = 32;
const SCRAPE_WITHIN_MS = 10_000;
const PATHS: readonly string[] = ['/metrics', '/healthz', '/readyz'];

/**
 * The pages that every process shows: `/metrics` for Prometheus, `/healthz` 200 while the process lives, `/readyz` 200
 * when it can do its job, else 503 with one line that says why not. Only GET and HEAD. Scrapes are bounded in number and time.
 */
export function createMonitorHandler({ metricsPage, service }: MonitorHandlerOptions): MonitorHandler {
  let scrapes = 0;

  function readiness(response: ServerResponse): void {
    if (service.isReady()) return end(response, 200, 'ready\n');
    end(response, 503, `${(service.whyNotReady?.() ?? 'not ready').replaceAll('\n', ' ')}\n`);
  }

  async function metrics({ socket }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (scrapes >= SCRAPES_MAX) return end(response, 503, 'too many scrapes at one time\n');
    scrapes += 1;
    const deadline = setTimeout(() => socket.destroy(), SCRAPE_WITHIN_MS).unref();
    const over = (): void => {
      scrapes -= 1;
      clearTimeout(deadline);
      response.off('close', over);
      socket.off('close', over);
    };
    response.on('close', over);
    // A response behind another one on the same connection does not learn that it was closed.
    socket.on('close', over);
    try {
      const { contentType, text } = await metricsPage();
      end(response, 200, text, contentType);
    } catch (error) {
      end(response, 500, `${error instanceof Error ? error.message : String(error)}\n`);
    }
  }

  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (!PATHS.includes(path)) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      end(response, 405, 'only GET and HEAD\n');
    } else if (path === '/metrics') void metrics(request, response);
    else if (path === '/readyz') readiness(response);
    else end(response, 200, 'alive\n');
    return true;
  };
}

function end(response: ServerResponse, status: number, text: string, contentType = TEXT): void {
  const headers = {
    'content-type': contentType,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
  };
  response.writeHead(status, headers);
  response.end(text);
}
