import { endpointText, type Endpoint } from '@milena/model';
import type { CallOptions, Channel, Connector, UnaryOutcome } from '@milena/platform';

interface Connection {
  readonly channel: Channel;
  inFlight: number;
  dropped: boolean;
}

/**
 * One connection per endpoint for unary calls of one purpose. A connection that failed is not used again: the next call
 * connects anew, so that a restarted peer or a changed address is found. It is closed when its last call has ended.
 */
export interface ChannelCache {
  unary(endpoint: Endpoint, method: string, request: Uint8Array, options: CallOptions): Promise<UnaryOutcome>;
  /** Closes every connection; calls under way end as cancelled. */
  close(): void;
}

/** Makes an empty cache. At most `maxConnections` endpoints are kept, the longest unused is dropped first. */
export function createChannelCache(options: {
  readonly connector: Connector;
  readonly purpose: string;
  readonly maxConnections?: number;
}): ChannelCache {
  const { connector, purpose, maxConnections = 16 } = options;
  const connections = new Map<string, Connection>();
  const open = new Set<Connection>();

  function take(endpoint: Endpoint): Connection {
    const key = endpointText(endpoint);
    const connection = connections.get(key) ?? connect(endpoint);
    connections.delete(key);
    connections.set(key, connection);
    const [oldest] = connections.keys();
    if (connections.size > maxConnections && oldest !== undefined) drop(oldest);
    return connection;
  }

  function connect(endpoint: Endpoint): Connection {
    const connection = { channel: connector.connect(endpoint, purpose), inFlight: 0, dropped: false };
    open.add(connection);
    return connection;
  }

  function closeWhenUnused(connection: Connection): void {
    if (!connection.dropped || connection.inFlight > 0 || !open.delete(connection)) return;
    connection.channel.close();
  }

  function drop(key: string): void {
    const connection = connections.get(key);
    if (connection === undefined) return;
    connections.delete(key);
    connection.dropped = true;
    closeWhenUnused(connection);
  }

  return {
    async unary(endpoint, method, request, callOptions) {
      const connection = take(endpoint);
      connection.inFlight++;
      const outcome = await connection.channel.unary(method, request, callOptions);
      connection.inFlight--;
      const key = endpointText(endpoint);
      if (!outcome.ok && outcome.error.reason !== 'status' && connections.get(key) === connection) drop(key);
      closeWhenUnused(connection);
      return outcome;
    },
    close() {
      for (const connection of open) connection.channel.close();
      open.clear();
      connections.clear();
    },
  };
}
