import type { BrokerRegistration, MetadataImage } from '@milena/metadata';

/** A broker as a client sees it: where it is reached by the listener name the client itself came in on. */
export interface ClientEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** Endpoint of a broker under a listener name; undefined when it has no such listener. */
export function clientEndpoint(broker: BrokerRegistration, listenerName: string): ClientEndpoint | undefined {
  const listener = broker.listeners.find(({ name }) => name === listenerName);
  if (listener === undefined) return undefined;
  return { nodeId: broker.id, host: listener.host, port: listener.port, rack: broker.rack ?? null };
}

/** All brokers that are not fenced and can be reached under a listener name, in order of id. */
export function liveEndpoints(image: MetadataImage, listenerName: string): readonly ClientEndpoint[] {
  const endpoints: ClientEndpoint[] = [];
  for (const broker of image.brokers()) {
    const endpoint = broker.fenced ? undefined : clientEndpoint(broker, listenerName);
    if (endpoint !== undefined) endpoints.push(endpoint);
  }
  return endpoints;
}

/**
 * The node clients are told is the controller: a broker, because controllers have no listener for clients and every
 * broker passes on what the controller decides. This broker when it is live, else the first one; -1 when there is none.
 */
export function controllerForClients(endpoints: readonly ClientEndpoint[], nodeId: number): number {
  if (endpoints.some((endpoint) => endpoint.nodeId === nodeId)) return nodeId;
  return endpoints[0]?.nodeId ?? -1;
}
