/** What a service of a dev cluster does, by the name `process.roles` has for it. */
export type DevRole = 'controller' | 'broker' | 'gateway' | 'zookeeper';

/** How many services of each kind a dev cluster has; also the names under which its description lists them. */
export interface DevCounts {
  readonly controllers: number;
  readonly brokers: number;
  readonly gateways: number;
  readonly shims: number;
}

/** What the services of one kind have in common. */
export interface DevKind {
  readonly role: DevRole;
  readonly group: keyof DevCounts;
  /** The services are numbered from here; ids are unique across kinds. */
  readonly firstId: number;
  /** Listeners of the first service and their ports; the n-th adds 100 x (n - 1) to each. No two kinds end in the same two digits. */
  readonly ports: Readonly<Record<string, number>>;
  /** The listener that speaks gRPC, health service included. */
  readonly grpc: string;
  /** Folder of its bundle in apps/. */
  readonly app: string;
  /** It is killed when it has not stopped by then. Every service ends itself within 10 s. */
  readonly stopWithinMs: number;
}

/** The listener that answers `/metrics`, `/healthz` and `/readyz`; a gateway answers them on its `HTTP` listener. */
export const MONITOR = 'monitor';

/** The kinds of services, in the order they are described and started in. */
export const DEV_KINDS: readonly DevKind[] = [
  {
    role: 'controller',
    group: 'controllers',
    firstId: 101,
    ports: { CONTROLLER: 9093, [MONITOR]: 9405 },
    grpc: 'CONTROLLER',
    app: 'controller-quorum',
    stopWithinMs: 5_000,
  },
  {
    role: 'broker',
    group: 'brokers',
    firstId: 1,
    ports: { PLAINTEXT: 9092, INTERNAL: 9094, [MONITOR]: 9404 },
    grpc: 'INTERNAL',
    app: 'broker',
    stopWithinMs: 11_000,
  },
  {
    role: 'gateway',
    group: 'gateways',
    firstId: 201,
    ports: { GRPC: 9644, HTTP: 8080 },
    grpc: 'GRPC',
    app: 'admin-gateway',
    stopWithinMs: 5_000,
  },
  {
    role: 'zookeeper',
    group: 'shims',
    firstId: 301,
    ports: { ZOOKEEPER: 2181, GRPC: 9095, [MONITOR]: 9407 },
    grpc: 'GRPC',
    app: 'zookeeper-shim',
    stopWithinMs: 5_000,
  },
];

/** What is stopped together, in order: those who ask, those who are asked, those who decide. */
export const STOP_ORDER: readonly (readonly DevRole[])[] = [['gateway', 'zookeeper'], ['broker'], ['controller']];

/** The kind of a role. */
export function devKind(role: DevRole): DevKind {
  const kind = DEV_KINDS.find((each) => each.role === role);
  if (kind === undefined) throw new TypeError(`${role} is no role of a dev cluster`);
  return kind;
}
