import type { ConfigProblem, ServerConfig } from '@milena/config-schema';
import { endpointText, type Endpoint } from '@milena/model';
import { isReachableHost, parseListeners, type ListenerItem } from './listeners';

/** A listener of this node. */
export interface NodeListener {
  readonly name: string;
  /** What to bind; an empty host means all interfaces. */
  readonly bind: Endpoint;
  /** What others are told. */
  readonly advertised: Endpoint;
  readonly securityProtocol: 'PLAINTEXT';
}

/** The listeners of a node by what they serve. */
export interface ListenerConfig {
  /** Kafka's protocol, for clients. At least one on a broker. */
  readonly clients: readonly NodeListener[];
  /** gRPC, for other brokers; set on a broker. */
  readonly peer: NodeListener | undefined;
  /** gRPC, for voters, observers and brokers; set on a controller. */
  readonly controller: NodeListener | undefined;
}

const DEFAULT_BROKER = ['PLAINTEXT://localhost:9092', 'INTERNAL://localhost:9094'];
const DEFAULT_CONTROLLER = ['CONTROLLER://localhost:9093'];
const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];

/** Reads the listeners' keys; what is wrong is added to `problems`. `hostname` is advertised where a listener names no host. */
export function listenerConfig(server: ServerConfig, hostname: string, problems: ConfigProblem[]): ListenerConfig {
  const roles = server.list('process.roles');
  const isBroker = roles.includes('broker');
  const isController = roles.includes('controller');
  const items = server.list('listeners') ?? [
    ...(isBroker ? DEFAULT_BROKER : []),
    ...(isController ? DEFAULT_CONTROLLER : []),
  ];
  const bound = parsed('listeners', items, server, problems);
  const advertised = parsed('advertised.listeners', server.list('advertised.listeners') ?? [], server, problems);
  const peerName = server.string('inter.broker.listener.name').toUpperCase();
  const controllerNames = server.list('controller.listener.names').map((name) => name.toUpperCase());
  for (const { name } of advertised) {
    if (!bound.some((listener) => listener.name === name)) {
      report(server, 'advertised.listeners', `${name} is not one of listeners`, problems);
    }
  }
  const listeners = bound.map((item) => nodeListener(item, advertised, hostname, server, problems));
  const controller = listeners.find(({ name }) => controllerNames.includes(name));
  const peer = listeners.find(({ name }) => name === peerName && name !== controller?.name);
  const clients = listeners.filter(({ name }) => name !== peerName && !controllerNames.includes(name));
  if (bound.length > 0)
    checkRoles({ isBroker, isController, peerName, controllerNames }, { clients, peer, controller }, server, problems);
  return { clients, peer, controller };
}

function parsed(
  key: 'listeners' | 'advertised.listeners',
  items: readonly string[],
  server: ServerConfig,
  problems: ConfigProblem[],
): readonly ListenerItem[] {
  const outcome = parseListeners(items);
  if (outcome.ok) return outcome.value;
  report(server, key, outcome.message, problems);
  return [];
}

function nodeListener(
  { name, endpoint }: ListenerItem,
  advertised: readonly ListenerItem[],
  hostname: string,
  server: ServerConfig,
  problems: ConfigProblem[],
): NodeListener {
  const given = advertised.find((item) => item.name === name);
  const told = given?.endpoint ?? { host: endpoint.host === '' ? hostname : endpoint.host, port: endpoint.port };
  if (!isReachableHost(told.host)) {
    const message = `${name}://${endpointText(told)} is no address others can connect to; name a host, as in advertised.listeners=${name}://${hostname}:${told.port}`;
    report(server, given === undefined ? 'listeners' : 'advertised.listeners', message, problems);
  }
  if (endpoint.port === 0 || told.port === 0) {
    const key = endpoint.port === 0 ? 'listeners' : 'advertised.listeners';
    report(server, key, `${name} has port 0, which others cannot be told; give it a port`, problems);
  }
  checkSecurityProtocol(name, server, problems);
  return { name, bind: endpoint, advertised: told, securityProtocol: 'PLAINTEXT' };
}

function checkSecurityProtocol(name: string, server: ServerConfig, problems: ConfigProblem[]): void {
  const key = 'listener.security.protocol.map';
  const pair = server
    .list(key)
    .map((item) => item.split(':'))
    .find(([listener]) => listener?.trim().toUpperCase() === name);
  const protocol = pair?.[1]?.trim().toUpperCase();
  if (pair === undefined || pair.length !== 2 || protocol === undefined) {
    report(server, key, `gives no security protocol for the listener ${name}; add ${name}:PLAINTEXT`, problems);
  } else if (protocol !== 'PLAINTEXT') {
    const reason = SECURITY_PROTOCOLS.includes(protocol) ? 'is not supported yet' : 'is not a security protocol';
    report(server, key, `${name}:${protocol}: ${protocol} ${reason}; use PLAINTEXT`, problems);
  }
}

interface RoleNames {
  readonly isBroker: boolean;
  readonly isController: boolean;
  readonly peerName: string;
  readonly controllerNames: readonly string[];
}

function checkRoles(names: RoleNames, found: ListenerConfig, server: ServerConfig, problems: ConfigProblem[]): void {
  const { isBroker, isController, peerName, controllerNames } = names;
  if (isController && found.controller === undefined) {
    const wanted = controllerNames[0] ?? 'CONTROLLER';
    report(server, 'listeners', `the controller role needs a listener ${wanted} (controller.listener.names)`, problems);
  }
  if (!isController && found.controller !== undefined) {
    const message = `${found.controller.name} is a controller listener, and this node has no controller role`;
    report(server, 'listeners', message, problems);
  }
  if (isBroker && found.peer === undefined) {
    const message = `the broker role needs the listener ${peerName} (inter.broker.listener.name) for other brokers, as in ${peerName}://localhost:9094`;
    report(server, 'listeners', message, problems);
  }
  if (isBroker && found.clients.length === 0) {
    report(
      server,
      'listeners',
      'the broker role needs a listener for clients, as in PLAINTEXT://localhost:9092',
      problems,
    );
  }
  if (!isBroker && found.clients.length > 0) {
    const message = `${found.clients.map(({ name }) => name).join(', ')} would serve clients, and this node has no broker role`;
    report(server, 'listeners', message, problems);
  }
}

function report(
  server: ServerConfig,
  key: 'listeners' | 'advertised.listeners' | 'listener.security.protocol.map',
  message: string,
  problems: ConfigProblem[],
): void {
  problems.push({ origin: server.isGiven(key) ? server.origin(key) : undefined, key, message });
}
