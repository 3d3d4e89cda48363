import type { BrokerListener } from '@milena/metadata';
import type { Uuid } from '@milena/model';

/** Settings of a broker, resolved from Kafka's keys (named in brackets) by the process that starts it. */
export interface BrokerConfig {
  /** [node.id] */
  readonly nodeId: number;
  readonly clusterId: Uuid;
  /** What is registered with the controller: the Kafka listeners and the peer listener [advertised.listeners]. */
  readonly listeners: readonly BrokerListener[];
  /** Listener at which peers reach each other over gRPC; never shown to clients [inter.broker.listener.name]. */
  readonly interBrokerListenerName: string;
  /** [broker.rack] */
  readonly rack?: string;
  /** Configuration of topics that set nothing themselves: Kafka's topic keys with their text [log.*, min.insync.replicas ...]. */
  readonly topicDefaults: ReadonlyMap<string, string>;
  /** [auto.create.topics.enable] */
  readonly autoCreateTopics: boolean;
  /** [num.partitions] */
  readonly numPartitions: number;
  /** [default.replication.factor] */
  readonly defaultReplicationFactor: number;
  readonly replication: ReplicationConfig;
  readonly lifecycle: LifecycleConfig;
  readonly limits: BrokerLimits;
}

/** How partitions are replicated. */
export interface ReplicationConfig {
  /** A follower that was not caught up for this long leaves the ISR [replica.lag.time.max.ms]. */
  readonly lagTimeMaxMs: number;
  /** [replica.fetch.wait.max.ms] */
  readonly fetchWaitMaxMs: number;
  /** [replica.fetch.min.bytes] */
  readonly fetchMinBytes: number;
  /** Most bytes per partition of a replica fetch [replica.fetch.max.bytes]. */
  readonly fetchMaxBytes: number;
  /** Most bytes of a whole replica fetch [replica.fetch.response.max.bytes]. */
  readonly fetchResponseMaxBytes: number;
  /** [replica.fetch.backoff.ms] */
  readonly fetchBackoffMs: number;
  /** [replica.high.watermark.checkpoint.interval.ms] */
  readonly highWatermarkCheckpointIntervalMs: number;
  /** [log.flush.offset.checkpoint.interval.ms] */
  readonly recoveryPointCheckpointIntervalMs: number;
}

/** How the broker deals with the controller. */
export interface LifecycleConfig {
  /** [broker.heartbeat.interval.ms] */
  readonly heartbeatIntervalMs: number;
  /** [broker.session.timeout.ms] A registration refused as duplicate for longer than this has a live holder. */
  readonly sessionTimeoutMs: number;
  /** Longest time a controlled shutdown may take, whether or not a controller answers, milliseconds. */
  readonly controlledShutdownTimeoutMs: number;
}

/** Bounds on what clients may leave waiting. */
export interface BrokerLimits {
  /** Produce requests that may wait for replicas at one time. */
  readonly pendingProduceMax: number;
  /** Fetches that may be parked at one time. */
  readonly parkedFetchMax: number;
  /** Most bytes of records in one answer to a client [fetch.max.bytes]. */
  readonly fetchMaxBytes: number;
}

/** Kafka's defaults for everything but identity and listeners. */
export const BROKER_DEFAULTS = {
  topicDefaults: new Map<string, string>(),
  autoCreateTopics: true,
  numPartitions: 1,
  defaultReplicationFactor: 1,
  replication: {
    lagTimeMaxMs: 30_000,
    fetchWaitMaxMs: 500,
    fetchMinBytes: 1,
    fetchMaxBytes: 1024 * 1024,
    fetchResponseMaxBytes: 10 * 1024 * 1024,
    fetchBackoffMs: 1_000,
    highWatermarkCheckpointIntervalMs: 5_000,
    recoveryPointCheckpointIntervalMs: 60_000,
  },
  lifecycle: { heartbeatIntervalMs: 2_000, sessionTimeoutMs: 9_000, controlledShutdownTimeoutMs: 5_000 },
  limits: { pendingProduceMax: 100_000, parkedFetchMax: 20_000, fetchMaxBytes: 55 * 1024 * 1024 },
} as const satisfies Omit<BrokerConfig, 'nodeId' | 'clusterId' | 'listeners' | 'interBrokerListenerName' | 'rack'>;
