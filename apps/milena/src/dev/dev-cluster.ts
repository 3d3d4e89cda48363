import type { DevNode } from './dev-node';
import type { ReadinessProbe } from './readiness-probe';
import type { DevProcess } from './ready-line';

/** The services of a dev cluster, however they are run. */
export interface DevCluster {
  readonly processes: readonly DevProcess[];
  /** Resolves never in good times; rejects when a service ends or cannot start before the cluster was ready. */
  readonly failed: Promise<never>;
  /** How to ask one of its services whether it is ready. */
  probe(node: DevNode): ReadinessProbe;
  /** Gateways and shims first, then brokers, then controllers; bounded. */
  stop(): Promise<void>;
}
