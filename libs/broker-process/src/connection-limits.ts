import type { ServerConfig } from '@milena/config-schema';
import type { ConnectionLimits } from '@milena/kafka-listener';

/** What a listener allows its clients, from Kafka's keys; the rest is the listener's own. */
export function connectionLimits(server: ServerConfig): Partial<ConnectionLimits> {
  return {
    requestBytesMax: server.number('socket.request.max.bytes'),
    connectionsMax: server.number('max.connections'),
    connectionsPerAddressMax: server.number('max.connections.per.ip'),
    idleTimeoutMs: server.number('connections.max.idle.ms'),
  };
}
