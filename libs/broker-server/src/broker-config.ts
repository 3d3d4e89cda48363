import type { ServerConfig } from '@milena/config-schema';
import type { BrokerListener } from '@milena/metadata';
import type { Uuid } from '@milena/model';

/** Identity, listeners and settings of a broker. */
export interface BrokerConfig {
  readonly nodeId: number;
  readonly clusterId: Uuid;
  /** What is registered with the controller: the Kafka listeners and the peer listener, as others reach them. */
  readonly listeners: readonly BrokerListener[];
  /** Listener at which peers reach each other over gRPC; never shown to clients (`inter.broker.listener.name`). */
  readonly interBrokerListenerName: string;
  readonly rack?: string;
  /** Kafka's keys, checked and with their defaults. */
  readonly server: ServerConfig;
  readonly limits: BrokerLimits;
}

/** Bounds that Kafka has no key for. */
export interface BrokerLimits {
  /** Produce requests that may wait for replicas or a sync at one time; more are refused. */
  readonly pendingProduceMax: number;
  /** Fetches that may be parked at one time; more are answered at once with what there is. */
  readonly parkedFetchMax: number;
  /** Longest time a controlled shutdown may take, whether or not a controller answers. */
  readonly controlledShutdownTimeoutMs: number;
}

/** Bounds for a broker of ordinary size. */
export const DEFAULT_BROKER_LIMITS: BrokerLimits = {
  pendingProduceMax: 50_000,
  parkedFetchMax: 20_000,
  controlledShutdownTimeoutMs: 5_000,
};
