import { connect, type Socket } from 'node:net';
import type { Endpoint } from '@milena/model';

/**
 * Whether a TCP connection to the port is refused: true only when the machine answers that nobody listens. Silence, an
 * unreachable network, an unknown or unusable name is false, because the process may be alive behind it.
 */
export function isPortRefused({ host, port }: Endpoint, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let socket: Socket;
    try {
      socket = connect({ host, port });
    } catch {
      // The host may come from a peer, and Node throws on one that cannot be: nobody has refused anything.
      return resolve(false);
    }
    const finish = (refused: boolean): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(refused);
    };
    const deadline = setTimeout(() => finish(false), timeoutMs);
    socket.once('connect', () => finish(false));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ECONNREFUSED'));
  });
}
