export type { AppendEntry, AppendOutcome, AppendRequest, CurrentLeader, RequiredAcks } from './append-request';
export type { AbortedTransactionRange, FetchEntry, FetchIsolation, FetchOutcome, FetchRequest } from './fetch-request';
export type { EpochEndAnswer, EpochEndQuery, OffsetAnswer, OffsetQuery, OffsetSpec } from './offset-query';
export type { ReplicaManager } from './replica-manager';
export type { ClientConnection } from './client-connection';
export type { ProducerIds } from './producer-ids';
export type { BrokerContext } from './broker-context';
export {
  BROKER_DEFAULTS,
  type BrokerConfig,
  type BrokerLimits,
  type LifecycleConfig,
  type ReplicationConfig,
} from './broker-config';
export type { RequestHandler, RequestHandlerFactory } from './request-handler';
export type { BrokerServer, BrokerServerOptions, PlantedBugs } from './broker-server';
