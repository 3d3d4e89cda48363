import { SERVER_KEYS, type ConfigProblem, type ServerConfig } from '@milena/config-schema';
import type { Endpoint } from '@milena/model';
import { parseListeners } from './listeners';

/** What the services beside Kafka's own bind. An empty host means all interfaces; port 0 any that is free. */
export interface ServiceEndpoints {
  /** Set on a gateway. */
  readonly admin?: { readonly grpc: Endpoint; readonly http: Endpoint };
  /** Set on a ZooKeeper shim; `grpc` serves health checks. */
  readonly zookeeper?: { readonly client: Endpoint; readonly grpc: Endpoint };
  /**
   * Where /metrics, /healthz and /readyz are served over HTTP. Unset where nobody wants it, and where a gateway in this
   * process serves them on its own HTTP listener.
   */
  readonly monitor?: Endpoint;
}

type ListenersKey = 'admin.listeners' | 'zookeeper.listeners' | 'monitor.listeners';

/** Reads the listeners' keys of the roles this process has; what is wrong is added to `problems`. */
export function serviceEndpoints(server: ServerConfig, problems: ConfigProblem[]): ServiceEndpoints {
  const roles = server.list('process.roles');
  const isGateway = roles.includes('gateway');
  const admin = isGateway ? endpoints(server, 'admin.listeners', ['GRPC', 'HTTP'], problems) : undefined;
  const zookeeper = roles.includes('zookeeper')
    ? endpoints(server, 'zookeeper.listeners', ['ZOOKEEPER', 'GRPC'], problems)
    : undefined;
  const isMonitored = server.isGiven('monitor.listeners') ? server.list('monitor.listeners').length > 0 : !isGateway;
  const monitor = isMonitored ? endpoints(server, 'monitor.listeners', ['HTTP'], problems) : undefined;
  return {
    ...(admin && { admin: { grpc: admin.GRPC, http: admin.HTTP } }),
    ...(zookeeper && { zookeeper: { client: zookeeper.ZOOKEEPER, grpc: zookeeper.GRPC } }),
    ...(monitor && { monitor: monitor.HTTP }),
  };
}

/** The endpoints by name; undefined, and a problem, unless there is exactly one of each. */
function endpoints<Name extends string>(
  server: ServerConfig,
  key: ListenersKey,
  names: readonly Name[],
  problems: ConfigProblem[],
): Readonly<Record<Name, Endpoint>> | undefined {
  const parsed = parseListeners(server.list(key));
  const origin = server.isGiven(key) ? server.origin(key) : undefined;
  if (!parsed.ok) {
    problems.push({ origin, key, message: parsed.message });
    return undefined;
  }
  const found = new Map<string, Endpoint>(parsed.value.map(({ name, endpoint }) => [name, endpoint]));
  if (found.size !== names.length || names.some((name) => !found.has(name))) {
    const example = SERVER_KEYS[key].default;
    const message = `must name ${names.join(' and ')}, as in ${example} (got ${JSON.stringify(server.text(key))})`;
    problems.push({ origin, key, message });
    return undefined;
  }
  return Object.fromEntries(found) as Record<Name, Endpoint>;
}
