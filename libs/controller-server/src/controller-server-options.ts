import type { ServerConfig } from '@milena/config-schema';
import type { SupportedFeature } from '@milena/metadata';
import type { Endpoint, Uuid } from '@milena/model';
import type { Connector, Platform, ServiceHost } from '@milena/platform';
import type { MetadataLog } from '@milena/raft-driver';

/** Identity and settings of a controller. */
export interface ControllerServerConfig {
  readonly clusterId: Uuid;
  /** Kafka's keys, checked and with their defaults. */
  readonly server: ServerConfig;
}

/** Everything a controller is made from. */
export interface ControllerServerOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'random' | 'logger' | 'tracer' | 'meter'>;
  readonly nodeId: number;
  readonly config: ControllerServerConfig;
  readonly metadataLog: MetadataLog;
  /** Values of the metadata records that `storage format` left for the first active controller of a new cluster. */
  readonly bootstrapRecords?: readonly Buffer[];
  /** Levels of features this controller supports: those of its program, unless a simulation plays an older one. */
  readonly supportedFeatures?: readonly SupportedFeature[];
  /** Where this controller is reached, for its registration. */
  readonly endpoint?: Endpoint;
  /** Asks whether a broker's port refuses. */
  readonly connector: Connector;
  /** Where BrokerLifecycleService and ControllerService are registered, before it starts listening. */
  readonly serviceHost: ServiceHost;
  /** Called when an invariant broke: the state can no longer be trusted, and the process must stop. */
  readonly onFatal: (error: Error) => void;
}

/** Bounds that Kafka has no key for. Milliseconds. */
export const CONTROLLER_LIMITS = {
  /** Answers waiting for commitment, and batches appended but not committed. */
  parkedMax: 10_000,
  /** Longest a request waits for commitment, whatever it asks for. */
  commitWaitMsMax: 60_000,
  /** How long requests without a wait of their own wait for commitment. */
  commitWaitMs: 5_000,
  /** Longest a request waits for the outcome of an election. */
  electionWaitMs: 500,
  /** Probes of a broker's port after its stream broke, and the pause between them: a dying process closes it last. */
  lostBrokerProbes: 4,
  lostBrokerProbeGapMs: 25,
  lostBrokerProbeTimeoutMs: 500,
  /** How long after becoming active all partitions are looked at, and the pause before a sweep that was refused. */
  firstSweepDelayMs: 250,
  sweepRetryMs: 100,
  /** How long a controller's own registration may take, and the pause before it is tried again. */
  registrationTimeoutMs: 5_000,
  registrationPauseMs: 1_000,
} as const;
