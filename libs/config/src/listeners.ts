import { endpointText, parseEndpoint, type Endpoint } from '@milena/model';

/** One item of `listeners` or `advertised.listeners`. An empty host stands for all interfaces. */
export interface ListenerItem {
  readonly name: string;
  readonly endpoint: Endpoint;
}

/** A list of listeners, or the sentence saying what is wrong with it. */
export type ParsedListeners =
  { readonly ok: true; readonly value: readonly ListenerItem[] } | { readonly ok: false; readonly message: string };

/** Parses `NAME://host:port` items. Names are unique, and no two share host and port. */
export function parseListeners(items: readonly string[]): ParsedListeners {
  const listeners: ListenerItem[] = [];
  for (const item of items) {
    const match = /^([A-Za-z0-9_.-]+):\/\/(.*)$/.exec(item);
    const endpoint = match === null ? undefined : parseEndpoint(match[2] ?? '');
    if (match === null || endpoint === undefined) {
      return { ok: false, message: `must be NAME://host:port items (got ${JSON.stringify(item)})` };
    }
    const name = (match[1] ?? '').toUpperCase();
    if (listeners.some((other) => other.name === name)) return { ok: false, message: `names ${name} twice` };
    const taken = listeners.find((other) => sameEndpoint(other.endpoint, endpoint));
    if (taken !== undefined) {
      return { ok: false, message: `gives ${taken.name} and ${name} the same address ${endpointText(endpoint)}` };
    }
    listeners.push({ name, endpoint });
  }
  return { ok: true, value: listeners };
}

/** Whether others could connect to the host; the addresses that mean "all interfaces" cannot be reached. */
export function isReachableHost(host: string): boolean {
  return host !== '' && host !== '0.0.0.0' && host !== '::';
}

function sameEndpoint(left: Endpoint, right: Endpoint): boolean {
  const hostOf = ({ host }: Endpoint) => (isReachableHost(host) ? host : '');
  return left.port === right.port && hostOf(left) === hostOf(right);
}
