import { MONITOR } from './dev-kinds';
import type { DevNode } from './dev-node';

/** A process of a dev cluster, as whoever started it needs to know it. `argv` in `cwd` starts it again. */
export interface DevProcess extends DevNode {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
}

/** Where clients of each kind connect: `host:port,...`, empty when nobody serves them. */
export interface DevAddresses {
  /** Kafka's protocol. */
  readonly bootstrap: string;
  /** The controllers' gRPC. */
  readonly controllers: string;
  /** The admin API by gRPC. */
  readonly admin: string;
  /** The admin API as JSON over HTTP. */
  readonly http: string;
  /** ZooKeeper's protocol. */
  readonly zookeeper: string;
}

/** Where the nodes listen, by what for. */
export function addressesOf(nodes: readonly DevNode[]): DevAddresses {
  const all = (role: DevNode['role'], name: string) =>
    nodes
      .filter((node) => node.role === role)
      .flatMap(({ listeners }) => listeners[name] ?? [])
      .join(',');
  return {
    bootstrap: all('broker', 'PLAINTEXT'),
    controllers: all('controller', 'CONTROLLER'),
    admin: all('gateway', 'GRPC'),
    http: all('gateway', 'HTTP'),
    zookeeper: all('zookeeper', 'ZOOKEEPER'),
  };
}

/** Where a node answers `/metrics`, `/healthz` and `/readyz`. */
export function monitorOf({ listeners }: DevNode): string | undefined {
  return listeners[MONITOR] ?? listeners['HTTP'];
}

/** The one line `milena dev --json` writes to stdout. */
export function readyLine(processes: readonly DevProcess[]): string {
  const { bootstrap, admin, http, zookeeper } = addressesOf(processes);
  const shown = processes.map((each) => {
    const { role, id, pid, argv, cwd } = each;
    return { role, id, pid, argv, cwd, listeners: { ...each.listeners, [MONITOR]: monitorOf(each) } };
  });
  return `${JSON.stringify({ ready: true, bootstrap, admin, http, zookeeper, processes: shown })}\n`;
}
