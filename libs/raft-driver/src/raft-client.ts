import { endpointText, NO_NODE, type Endpoint, type Uuid } from '@milena/model';
import type { ChannelFailureReason, Connector, Logger, Timers } from '@milena/platform';
import type { OutgoingRequest, RaftResponse, Voter } from '@milena/raft';
import { PeerConnection } from './peer-connection';

/** What comes back for the requests sent: exactly one `onResponse` or `onFailure` for each. */
export interface RaftClientHandlers {
  onResponse(request: OutgoingRequest, response: RaftResponse): void;
  onFailure(request: OutgoingRequest, reason: ChannelFailureReason): void;
  /** A connection broke while no request was under way on it. */
  onPeerSuspected(nodeId: number): void;
}

/** The sending side of the quorum's protocol. Handlers never run inside `send`. */
export interface RaftClient {
  send(request: OutgoingRequest): void;
  /** Connects to voters that may have to be called soon. */
  greet(clusterId: Uuid, voters: readonly Voter[]): void;
  /** Cancels everything; no handler runs afterwards. */
  close(): void;
}

/** Most endpoints that connections are kept to: voters move, and are replaced, for as long as a process runs. */
const PEERS_MAX = 64;

/** Makes a client without connections. One is kept per endpoint: the voters' and the bootstrap servers'. */
export function createRaftClient(options: {
  readonly connector: Connector;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly handlers: RaftClientHandlers;
}): RaftClient {
  const { connector, timers, logger, handlers } = options;
  const peers = new Map<string, PeerConnection>();
  let fetchesFrom: PeerConnection | undefined;

  function peerAt(endpoint: Endpoint): PeerConnection {
    const key = endpointText(endpoint);
    const known = peers.get(key);
    if (known === undefined) makeRoom();
    const peer = known ?? new PeerConnection({ endpoint, connector, timers, logger, handlers });
    // Those used last stand last.
    peers.delete(key);
    peers.set(key, peer);
    return peer;
  }

  function makeRoom(): void {
    for (const [key, peer] of peers) {
      if (peers.size < PEERS_MAX) return;
      if (!peer.isIdle) continue;
      peer.close();
      peers.delete(key);
    }
  }

  function peerFor({ endpoint, nodeId }: OutgoingRequest): PeerConnection {
    const peer = peerAt(endpoint);
    if (nodeId !== NO_NODE) peer.nodeId = nodeId;
    return peer;
  }

  return {
    send(request) {
      const peer = peerFor(request);
      if (request.request.type !== 'fetch') return peer.call(request);
      // A replica fetches from one node at a time; the stream to the former one would only tell us of its death.
      if (fetchesFrom !== peer) fetchesFrom?.endFetching();
      fetchesFrom = peer;
      peer.fetch(request);
    },
    greet(clusterId, voters) {
      for (const { key, endpoint } of voters) peerAt(endpoint).greet(clusterId, key);
    },
    close() {
      for (const peer of peers.values()) peer.close();
      peers.clear();
    },
  };
}
