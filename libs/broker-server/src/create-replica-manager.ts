import { isActiveBroker, type MetadataDelta, type MetadataImage } from '@milena/metadata';
import { NO_EPOCH, type ErrorName, type Offset, type Result, type TopicPartition } from '@milena/model';
import type { LogAppend, LogDirectory } from '@milena/log-store';
import type { Connector, Platform, ServiceHost } from '@milena/platform';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import { createReplicaLogs, type ReplicaLogs } from './admin/replica-logs';
import { AlterPartitionSender } from './alter-partition-sender';
import type { AppendOutcome, AppendRequest } from './append-request';
import { appendForBroker, type BrokerAppend } from './append-for-broker';
import { appendToPartitions } from './append-to-partitions';
import type { BrokerConfig } from './broker-config';
import { BrokerTraffic } from './broker-traffic';
import { clientFetch } from './client-fetch';
import { deleteRecords } from './delete-records';
import { epochEnd } from './epoch-end';
import type { FetchOutcome, FetchRequest } from './fetch-request';
import { HostedPartitions, type PartitionLookup } from './hosted-partitions';
import { listOffset } from './list-offset';
import { LogMaintenance } from './log-maintenance';
import type { EpochEndAnswer, EpochEndQuery, OffsetAnswer, OffsetQuery } from './offset-query';
import { ParkedFetches } from './parked-fetches';
import type { Partition } from './partition';
import { PartitionAssignment } from './partition-assignment';
import type { PartitionEvents } from './partition-events';
import type { PartitionObserver } from './partition-observer';
import { registerPartitionMetrics } from './partition-metrics';
import { PendingAcks } from './pending-acks';
import type { PlantedBugs } from './planted-bugs';
import { ReplicaFetchers } from './replica-fetchers';
import type { ReplicaManager } from './replica-manager';
import { registerReplicaMetrics, type InSyncSetChanges } from './replica-metrics';
import { serveReplicas } from './replica-service';
import type { DeletedRecords, RecordDeletion } from './record-deletion';
import { serverConfigLayers } from './server-config-layers';
import { topicSettings } from './topic-settings';
import { registerTrafficMetrics } from './traffic-metrics';

/** What the replicas of a broker are made from. */
export interface ReplicaManagerOptions {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly principal: string;
  readonly logDirectory: LogDirectory;
  readonly connector: Connector;
  readonly serviceHost: ServiceHost;
  readonly controllerChannel: ActiveControllerChannel;
  readonly image: () => MetadataImage;
  readonly brokerEpoch: () => number;
  readonly plantedBugs: PlantedBugs;
  /** Follows what becomes of the replicas. */
  readonly observer: PartitionObserver;
  /** The log directory failed. */
  readonly onDirectoryFailed: (error: unknown) => void;
}

/** The replicas of a broker: what API handlers see, and what the broker itself drives. */
export interface BrokerReplicas extends ReplicaManager {
  /** What administrators are told of the logs. */
  readonly logs: ReplicaLogs;
  start(): void;
  /** Takes in a new image. */
  apply(delta: MetadataDelta, image: MetadataImage): void;
  /** Appends what the broker itself has to say to a partition it leads; see appendForBroker. */
  appendForBroker(partition: Partition, append: BrokerAppend): Result<LogAppend>;
  /** Answers all that waits, stops replication and writes the high watermarks. The log directory stays open. */
  stop(): Promise<void>;
}

/** Puts the replicas of a broker together. Registers `ReplicaService` with the service host. */
export function createReplicaManager(options: ReplicaManagerOptions): BrokerReplicas {
  return new Replicas(options);
}

class Replicas implements BrokerReplicas {
  readonly logs: ReplicaLogs;
  readonly #hosted: HostedPartitions;
  readonly #pendingAcks: PendingAcks;
  /** Long polls of clients, and of followers. */
  readonly #clients: ParkedFetches;
  readonly #followers: ParkedFetches;
  readonly #sender: AlterPartitionSender;
  readonly #fetchers: ReplicaFetchers;
  readonly #assignment: PartitionAssignment;
  readonly #maintenance: LogMaintenance;
  readonly #traffic = new BrokerTraffic();
  readonly #inSyncSetChanges: InSyncSetChanges;

  constructor(private readonly options: ReplicaManagerOptions) {
    const { platform, config, image, logDirectory } = options;
    const { limits, server, clusterId } = config;
    const { logger } = platform;
    this.#hosted = new HostedPartitions(image);
    this.logs = createReplicaLogs(this.#hosted);
    this.#pendingAcks = new PendingAcks(platform, limits.pendingProduceMax);
    this.#clients = new ParkedFetches(platform, limits.parkedFetchMax);
    this.#followers = new ParkedFetches(platform, limits.parkedFetchMax);
    const together = <T>(work: () => T): T => this.#together(work);
    this.#sender = new AlterPartitionSender({ ...options, ...platform, nodeId: config.nodeId, together });
    this.#fetchers = this.#createFetchers();
    this.#assignment = this.#createAssignment();
    this.#maintenance = new LogMaintenance({
      ...platform,
      hosted: this.#hosted,
      logDirectory,
      highWatermarkCheckpointMs: server.number('replica.high.watermark.checkpoint.interval.ms'),
      retentionCheckMs: server.number('log.retention.check.interval.ms'),
      inSyncCheckMs: Math.max(1, server.number('replica.lag.time.max.ms') / 2),
    });
    const served = { clusterId, hosted: this.#hosted, parked: this.#followers, image, logger, together };
    serveReplicas(options.serviceHost, served);
    this.#inSyncSetChanges = this.#registerMetrics();
  }

  start(): void {
    this.#maintenance.start();
  }

  apply(delta: MetadataDelta, image: MetadataImage): void {
    this.#together(() => this.#assignment.apply(delta, image));
  }

  append(request: AppendRequest, respond: (outcomes: readonly AppendOutcome[]) => void): void {
    const { platform, plantedBugs } = this.options;
    const { clock, tracer } = platform;
    const context = {
      hosted: this.#hosted,
      pendingAcks: this.#pendingAcks,
      traffic: this.#traffic,
      clock,
      tracer,
      plantedBugs,
    };
    this.#together(() => appendToPartitions(context, request, respond));
  }

  appendForBroker(partition: Partition, append: BrokerAppend): Result<LogAppend> {
    return this.#together(() => appendForBroker(partition, append, this.options.platform.clock));
  }

  fetch(request: FetchRequest, respond: (outcomes: readonly FetchOutcome[]) => void): void {
    const maxBytes = Math.min(request.maxBytes, this.options.config.server.number('fetch.max.bytes'));
    const context = { hosted: this.#hosted, parked: this.#clients, traffic: this.#traffic };
    clientFetch(context, { ...request, maxBytes }, respond);
  }

  deleteRecords(deletions: readonly RecordDeletion[]): readonly DeletedRecords[] {
    return deletions.map((deletion) => {
      const lookup = this.#hosted.find(deletion.topicPartition, undefined);
      if (lookup.found) return deleteRecords(lookup.partition, deletion);
      return { topicPartition: deletion.topicPartition, error: lookup.error, lowWatermark: -1 };
    });
  }

  listOffsets(queries: readonly OffsetQuery[]): readonly OffsetAnswer[] {
    return queries.map((query) => {
      const lookup = this.#hosted.find(query.topicPartition, query.topicId);
      if (lookup.found) return listOffset(lookup.partition, query);
      return { ...notHere(query, lookup), timestamp: -1, offset: -1 };
    });
  }

  endOffsetForEpoch(queries: readonly EpochEndQuery[]): readonly EpochEndAnswer[] {
    return queries.map((query) => {
      const lookup = this.#hosted.find(query.topicPartition, undefined);
      if (lookup.found) return epochEnd(lookup.partition, query);
      return { ...notHere(query, lookup), endOffset: -1 };
    });
  }

  async stop(): Promise<void> {
    this.#maintenance.close();
    this.#fetchers.close();
    this.#sender.close();
    for (const partition of this.#hosted.all()) partition.close('NOT_LEADER_OR_FOLLOWER');
    this.#pendingAcks.close('NOT_LEADER_OR_FOLLOWER');
    this.#clients.close();
    this.#followers.close();
    await this.#maintenance.checkpointHighWatermarks();
  }

  /** Answers parked fetches only after `work`, so that one answer carries all that one request brought. */
  #together<T>(work: () => T): T {
    return this.#followers.together(() => this.#clients.together(work));
  }

  #registerMetrics(): InSyncSetChanges {
    const { platform, image } = this.options;
    const { meter } = platform;
    registerTrafficMetrics(meter, this.#traffic, this.#hosted);
    registerPartitionMetrics(meter, { hosted: this.#hosted, image });
    return registerReplicaMetrics(meter, { hosted: this.#hosted, pendingAcks: this.#pendingAcks });
  }

  #createFetchers(): ReplicaFetchers {
    const { platform, config, connector, brokerEpoch } = this.options;
    const { server, nodeId, clusterId, interBrokerListenerName } = config;
    return new ReplicaFetchers({
      ...platform,
      clusterId,
      nodeId,
      connector,
      interBrokerListenerName,
      brokerEpoch: () => brokerEpoch() as Offset,
      limits: {
        waitMaxMs: server.number('replica.fetch.wait.max.ms'),
        minBytes: server.number('replica.fetch.min.bytes'),
        maxBytes: server.number('replica.fetch.max.bytes'),
        responseMaxBytes: server.number('replica.fetch.response.max.bytes'),
        backoffMaxMs: server.number('replica.fetch.backoff.ms'),
      },
      together: (work) => this.#together(work),
    });
  }

  #createAssignment(): PartitionAssignment {
    const { platform, config, image, logDirectory, onDirectoryFailed } = this.options;
    const { nodeId, server } = config;
    const { clock, logger } = platform;
    const isEligible = (brokerId: number, brokerEpoch: number): boolean => {
      const broker = image().broker(brokerId);
      return isActiveBroker(broker) && broker?.epoch === brokerEpoch;
    };
    const lagTimeMaxMs = server.number('replica.lag.time.max.ms');
    return new PartitionAssignment({
      nodeId,
      hosted: this.#hosted,
      logDirectory,
      fetchers: this.#fetchers,
      settingsOf: (newest, topic) => topicSettings(newest, topic, serverConfigLayers(newest, config)),
      partitionOptions: { nodeId, lagTimeMaxMs, isEligible, clock, events: this.#events() },
      logger,
      onDirectoryFailed,
    });
  }

  #events(): PartitionEvents {
    const { observer, platform } = this.options;
    const { logger } = platform;
    return {
      onAppended: (partition, bytes) => this.#followers.grew(partition, bytes),
      onReadable: (partition, bytes) => this.#clients.grew(partition, bytes),
      onRoleChanged: (partition) => {
        this.#followers.changed(partition);
        this.#clients.changed(partition);
        observer.roleChanged(partition);
      },
      onCommitted: (partition) => observer.committed(partition),
      onRemoved: (partition) => observer.removed(partition),
      onProposal: (partition, proposal) => {
        const isr = proposal.newIsr.map(({ brokerId }) => brokerId);
        this.#inSyncSetChanges[proposal.kind].add(1);
        logger.info('in-sync set change proposed', { ...partition.topicPartition, kind: proposal.kind, isr });
        this.#sender.enqueue(partition, proposal);
      },
      onFailed: (partition, error) => {
        logger.error('log failed, partition is offline', { ...partition.topicPartition, error });
        this.options.onDirectoryFailed(error);
      },
    };
  }
}

/** What an answer says of a partition that is not here. */
function notHere(
  { topicPartition }: { readonly topicPartition: TopicPartition },
  { error, currentLeader }: Extract<PartitionLookup, { readonly found: false }>,
): { topicPartition: TopicPartition; error: ErrorName; leaderEpoch: number } {
  return { topicPartition, error, leaderEpoch: NO_EPOCH, ...(currentLeader === undefined ? {} : { currentLeader }) };
}
