import { connect } from 'node:net';
import type { Endpoint } from '@milena/model';

/**
 * Whether a TCP connection to the port is refused: true only when the machine answers that nobody listens. Silence, an
 * unreachable network or an unknown name is false, because the process may be alive behind it.
 */
export function isPortRefused({ host, port }: Endpoint, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
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
