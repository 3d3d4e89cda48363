import { Socket } from 'node:net';

/** One read takes at most this much from a socket. */
export const READ_BYTES = 256 * 1024;

/** Gets bytes as they arrive; `chunk` is valid during the call only. */
export type OnBytes = (chunk: Buffer) => void;

/** How the bytes of a socket reach us: into one reused buffer, or as a new buffer each. */
export type ReadPath = 'reused buffer' | 'stream';

interface ServerSocketInternals {
  _handle?: object | null;
  _server?: unknown;
}

/**
 * Takes over a socket accepted with `pauseOnConnect` so that it reads into `buffer`, which all sockets of a listener
 * may share because bytes are handed on within the read. `net.createServer` has no such option, while a client socket
 * has (`onread`); so the accepted handle, which is private API, moves into a new socket. Where that does not work the
 * accepted socket is used as it is and reads through its stream. The returned socket is paused.
 */
export function attachReader(
  accepted: Socket,
  buffer: Buffer,
  onBytes: OnBytes,
): { readonly socket: Socket; readonly path: ReadPath } {
  const internals = accepted as unknown as ServerSocketInternals;
  const handle = internals._handle;
  if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle)) {
    return { socket: attachStream(accepted, onBytes), path: 'stream' };
  }
  const socket = new Socket({
    handle,
    allowHalfOpen: true,
    pauseOnCreate: true,
    onread: {
      buffer,
      callback: (count: number) => {
        onBytes(buffer.subarray(0, count));
        return true;
      },
    },
  } as unknown as ConstructorParameters<typeof Socket>[0]);
  // The server counts its connections through this link; without it closing it would never complete.
  (socket as unknown as ServerSocketInternals)._server = internals._server;
  internals._server = null;
  internals._handle = null;
  return { socket, path: 'reused buffer' };
}

/** The same by public API alone: a new buffer for each read. */
export function attachStream(accepted: Socket, onBytes: OnBytes): Socket {
  accepted.on('data', onBytes);
  accepted.pause();
  return accepted;
}
