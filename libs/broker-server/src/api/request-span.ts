import type { RequestHeader } from '@milena/kafka-protocol';
import type { Span, Tracer } from '@milena/platform';
import type { ClientConnection } from '../client-connection';

/** What clients ask without end while nothing happens: spans of these would drown all others. */
const UNTRACED = new Set(['ApiVersions', 'Fetch', 'Heartbeat']);

/** The server span `kafka <API>` of a request; undefined when nobody looks, or at this API. */
export function requestSpan(
  tracer: Tracer,
  { name }: { readonly name: string },
  { apiVersion, clientId, correlationId }: RequestHeader,
  { listenerName, remoteAddress }: ClientConnection,
): Span | undefined {
  if (!tracer.isOn || UNTRACED.has(name)) return undefined;
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.operation.name': name,
    'messaging.client.id': clientId ?? '',
    'network.peer.address': remoteAddress,
    'milena.api.version': apiVersion,
    'milena.correlation_id': correlationId,
    'milena.listener': listenerName,
  };
  return tracer.startSpan(`kafka ${name}`, { kind: 'server', attributes });
}
