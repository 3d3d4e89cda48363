import {
  commitOutcome,
  failedJoin,
  failedSync,
  fetchOffsets,
  listGroups,
  unknownGroup,
  type CommitOffsetsRequest,
  type CommitOffsetsResponse,
  type DeletedGroup,
  type DeleteOffsetsRequest,
  type DeleteOffsetsResponse,
  type FetchOffsetsRequest,
  type FetchOffsetsResponse,
  type GroupDescription,
  type HeartbeatRequest,
  type HeartbeatResponse,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type LeaveGroupRequest,
  type LeaveGroupResponse,
  type ListGroupsRequest,
  type ListGroupsResponse,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '@milena/coordinator';
import type { MetadataDelta } from '@milena/metadata';
import type { ErrorName, Result } from '@milena/model';
import type { BrokerReplicas } from '../create-replica-manager';
import type { PartitionObserver } from '../partition-observer';
import type { PlantedBugs } from '../planted-bugs';
import type { ActiveCoordinator, Ask } from './active-coordinator';
import { registerCoordinatorMetrics } from './coordinator-metrics';
import type { CoordinatorLocation, GroupCoordinators } from './group-coordinators';
import { groupSettingsOf } from './group-settings-of';
import { OffsetsPartitions } from './offsets-partitions';
import { OFFSETS_TOPIC, OffsetsTopic, type OffsetsTopicOptions } from './offsets-topic';

/** What the coordinators of a broker are made from. */
export interface GroupCoordinatorsOptions extends OffsetsTopicOptions {
  /** The broker's log directory; the store has a folder of its own in it. */
  readonly logDirectoryPath: string;
  /** Asked when the first partition is led here, not before. */
  readonly replicas: () => Pick<BrokerReplicas, 'appendForBroker' | 'logs'>;
  readonly plantedBugs?: PlantedBugs;
}

/** The coordinators of a broker: what API handlers see, and what the broker itself drives. */
export interface HostedCoordinators extends GroupCoordinators {
  readonly observer: PartitionObserver;
  /** Opens the store. */
  start(): void;
  /** Takes in what changed in the metadata, after the replicas have: offsets of deleted topics go. */
  apply(delta: MetadataDelta): void;
  /** Ends when the replicas have ended; resolves when the store is closed. */
  stop(): Promise<void>;
}

/** Makes the group coordinators of a broker. */
export function createGroupCoordinators(options: GroupCoordinatorsOptions): HostedCoordinators {
  return new Coordinators(options);
}

class Coordinators implements HostedCoordinators {
  readonly #topic: OffsetsTopic;
  readonly #partitions: OffsetsPartitions;

  constructor(private readonly options: GroupCoordinatorsOptions) {
    const { platform, config, replicas, logDirectoryPath, plantedBugs = {} } = options;
    this.#topic = new OffsetsTopic(options);
    const count = registerCoordinatorMetrics(platform.meter, {
      coordinators: () => this.#partitions.active(),
      highWatermark: (topicPartition) => replicas().logs.find(topicPartition)?.highWatermark,
    });
    this.#partitions = new OffsetsPartitions({
      platform,
      settings: groupSettingsOf(config.server),
      commitTimeoutMs: config.server.number('offsets.commit.timeout.ms'),
      append: (partition, leaderEpoch, batches) => replicas().appendForBroker(partition, { leaderEpoch, batches }),
      count,
      storeFolder: `${logDirectoryPath}/.coordinator-state`,
      plantedBugs,
    });
  }

  get observer(): PartitionObserver {
    return this.#partitions;
  }

  start(): void {
    this.#partitions.start();
  }

  apply(delta: MetadataDelta): void {
    this.#partitions.forgetStrays();
    const topics = [...delta.deletedTopics.values()];
    if (topics.length > 0) for (const coordinator of this.#partitions.active()) coordinator.topicsDeleted(topics);
  }

  stop(): Promise<void> {
    return this.#partitions.stop();
  }

  partitionFor(groupId: string): number {
    return this.#topic.partitionFor(groupId);
  }

  locate(groupId: string): Promise<Result<CoordinatorLocation>> {
    return this.#topic.locate(groupId);
  }

  joinGroup(request: JoinGroupRequest): Promise<JoinGroupResponse> {
    const { groupId, memberId } = request;
    return this.#ask<JoinGroupResponse>(groupId, {
      ask: (groups, now, respond) => groups.joinGroup(request, now, respond),
      refuse: (error) => failedJoin(memberId, error),
    });
  }

  syncGroup(request: SyncGroupRequest): Promise<SyncGroupResponse> {
    return this.#ask<SyncGroupResponse>(request.groupId, {
      ask: (groups, now, respond) => groups.syncGroup(request, now, respond),
      // The rebalance under way is lost: members that join again begin it anew, without looking for a coordinator.
      refuse: (error) => failedSync(unlessLoading(error, 'REBALANCE_IN_PROGRESS')),
    });
  }

  heartbeat(request: HeartbeatRequest): Promise<HeartbeatResponse> {
    return this.#ask<HeartbeatResponse>(request.groupId, {
      ask: (groups, now, respond) => groups.heartbeat(request, now, respond),
      // Every member has a whole session timeout from the end of loading.
      refuse: (error) => ({ error: unlessLoading(error, 'NONE') }),
    });
  }

  leaveGroup(request: LeaveGroupRequest): Promise<LeaveGroupResponse> {
    return this.#ask<LeaveGroupResponse>(request.groupId, {
      ask: (groups, now, respond) => groups.leaveGroup(request, now, respond),
      refuse: (error) => ({ error, members: [] }),
    });
  }

  commitOffsets(request: CommitOffsetsRequest): Promise<CommitOffsetsResponse> {
    return this.#ask<CommitOffsetsResponse>(request.groupId, {
      ask: (groups, now, respond) => groups.commitOffsets(request, now, respond),
      refuse: (error) => commitOutcome(request, error),
    });
  }

  fetchOffsets(request: FetchOffsetsRequest): Promise<FetchOffsetsResponse> {
    const found = this.#coordinator(request.groupId);
    if (typeof found === 'string') return Promise.resolve({ error: found, topics: [] });
    return Promise.resolve(fetchOffsets(found.committed, request));
  }

  describeGroup(groupId: string): Promise<GroupDescription> {
    const found = this.#coordinator(groupId);
    if (typeof found === 'string') return Promise.resolve({ ...unknownGroup(groupId), error: found });
    return Promise.resolve(found.groups.describeGroup(groupId));
  }

  listGroups(request: ListGroupsRequest): Promise<ListGroupsResponse> {
    const groups = [...this.#partitions.active()]
      .flatMap((coordinator) => listGroups(coordinator.groups.groups, coordinator.committed, request))
      .sort((left, right) => (left.groupId < right.groupId ? -1 : 1));
    return Promise.resolve({ error: this.#partitions.isLoading ? 'COORDINATOR_LOAD_IN_PROGRESS' : 'NONE', groups });
  }

  deleteGroups(groupIds: readonly string[]): Promise<readonly DeletedGroup[]> {
    return Promise.all(
      groupIds.map((groupId) =>
        this.#ask<DeletedGroup>(groupId, {
          ask: (groups, now, respond) => groups.deleteGroup(groupId, now, respond),
          refuse: (error) => ({ groupId, error }),
        }),
      ),
    );
  }

  deleteOffsets(request: DeleteOffsetsRequest): Promise<DeleteOffsetsResponse> {
    return this.#ask<DeleteOffsetsResponse>(request.groupId, {
      ask: (groups, now, respond) => groups.deleteOffsets(request, now, respond),
      refuse: (error) => ({ error, topics: [] }),
    });
  }

  #ask<Response>(
    groupId: string,
    { ask, refuse }: { readonly ask: Ask<Response>; readonly refuse: (error: ErrorName) => Response },
  ): Promise<Response> {
    const found = this.#coordinator(groupId);
    return typeof found === 'string' ? Promise.resolve(refuse(found)) : found.ask(ask);
  }

  #coordinator(groupId: string): ActiveCoordinator | ErrorName {
    if (this.options.image().topicByName(OFFSETS_TOPIC) === undefined) return 'COORDINATOR_NOT_AVAILABLE';
    return this.#partitions.coordinator(this.partitionFor(groupId));
  }
}

/** What to tell members whose clients do not expect to hear that their coordinator still loads. */
function unlessLoading(error: ErrorName, whileLoading: ErrorName): ErrorName {
  return error === 'COORDINATOR_LOAD_IN_PROGRESS' ? whileLoading : error;
}
