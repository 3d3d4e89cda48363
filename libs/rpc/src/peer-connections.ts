import type { Socket } from 'node:net';
import { endpointText } from '@milena/model';

/** The TCP connection that a call came in on. */
export interface PeerConnection {
  /** Remote address, `host:port`. */
  readonly peer: string;
  /** Whether the connection is gone or the peer has closed its side. */
  isBroken(): boolean;
  /** Breaks the connection and with it every call on it. */
  destroy(): void;
}

const gone: PeerConnection = { peer: 'unknown', isBroken: () => true, destroy() {} };

/** The open connections of a server, found by what grpc-js calls their peer. */
export class PeerConnections {
  readonly #byPeer = new Map<string, PeerConnection>();
  readonly #sockets = new Set<Socket>();

  add(socket: Socket): void {
    const { remoteAddress: host, remotePort: port } = socket;
    if (host === undefined || port === undefined) {
      socket.destroy();
      return;
    }
    const key = `${host}:${port}`;
    this.#sockets.add(socket);
    this.#byPeer.set(key, {
      peer: endpointText({ host, port }),
      isBroken: () => socket.destroyed || socket.readableEnded,
      destroy: () => void socket.destroy(),
    });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#byPeer.delete(key);
    });
  }

  /** The connection of a grpc-js peer text (`address:port`, no brackets). */
  find(peer: string): PeerConnection {
    return this.#byPeer.get(peer) ?? gone;
  }

  destroyAll(): void {
    for (const socket of [...this.#sockets]) socket.destroy();
  }
}
