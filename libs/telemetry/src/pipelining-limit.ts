import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What Node keeps of a connection while it reads requests from it; not documented, as of Node 24. */
interface Parsed extends Socket {
  readonly parser?: { onIncoming?: (request: IncomingMessage, keepsAlive: boolean) => number | undefined } | null;
}

/** Answered by `onIncoming`, it ends the parsing as bytes that are no request do: 400, and the connection is closed. */
const REFUSED = -1;

/**
 * Bounds the requests of each connection that wait for their answers. A flood of pipelined requests costs little to send: all
 * that fit into a read are parsed before the first answer is out, and when their sender goes away Node makes an Error with a
 * stack for each. `maxRequestsPerSocket` does not help, as it answers what it refuses; so this reaches into the parser, which
 * alone can leave the rest of a read alone. Where Node has no such field any more, nothing is bounded.
 */
export function limitPipelining(server: Server, unansweredMax: number): void {
  const unanswered = new WeakMap<Socket, number>();
  const count = (socket: Socket, difference: number): void => {
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + difference);
  };
  server.on('connection', (socket: Parsed) => {
    const { parser } = socket;
    const onIncoming = parser?.onIncoming;
    if (!parser || onIncoming === undefined) return;
    parser.onIncoming = (request, keepsAlive) =>
      (unanswered.get(socket) ?? 0) < unansweredMax ? onIncoming(request, keepsAlive) : REFUSED;
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
}
