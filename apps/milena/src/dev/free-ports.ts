import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** From the first to before the second. */
const LISTENING_PORTS = [10_000, 32_768] as const;

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/**
 * Ports that are free, all different, drawn from below those that systems give to outgoing connections (32768 and up on
 * Linux, 49152 and up elsewhere): a process that is down for a while must find its port free when it comes back.
 */
export async function freePorts(host: string, count: number): Promise<readonly number[]> {
  const [first, end] = LISTENING_PORTS;
  const free = new Set<number>();
  for (let tries = 0; free.size < count && tries < end - first; tries += 1) {
    const port = randomInt(first, end);
    if (!free.has(port) && (await portProblem(host, port)) === undefined) free.add(port);
  }
  return [...free];
}

/** Why the port cannot be listened on (`EADDRINUSE`, `EACCES`), undefined when it can. */
export async function portProblem(host: string, port: number): Promise<string | undefined> {
  try {
    await close(await listen(host, port));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
