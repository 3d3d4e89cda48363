import type { MetadataImage } from '@milena/metadata';
import type { Uuid } from '@milena/model';
import type { Platform } from '@milena/platform';
import type { ActiveControllerChannel, QuorumLeaderChannel } from '@milena/raft-driver';
import type { ReplicaLogs } from './admin/replica-logs';
import type { BrokerConfig } from './broker-config';
import type { GroupCoordinators } from './coordinator/group-coordinators';
import type { ProducerIds } from './producer-ids';
import type { ReplicaManager } from './replica-manager';

/** What a broker hands to its API handlers. */
export interface BrokerContext {
  readonly nodeId: number;
  readonly clusterId: Uuid;
  readonly config: BrokerConfig;
  readonly platform: Platform;
  readonly replicaManager: ReplicaManager;
  readonly producerIds: ProducerIds;
  /** The log directory and the replicas in it. */
  readonly logDirectory: { readonly path: string; readonly logs: ReplicaLogs };
  readonly groups: GroupCoordinators;
  /** Calls to the active controller. */
  readonly controllerChannel: ActiveControllerChannel;
  /** Calls to the leader of the metadata log. */
  readonly quorum: QuorumLeaderChannel;
  /** Newest image this broker has applied; ask anew for every request. */
  image(): MetadataImage;
  /** Resolves once `image()` contains `offset` of the metadata log: true, or false when the time ran out first. */
  waitForMetadata(offset: number, timeoutMs: number): Promise<boolean>;
}
