import type { ServerConfig } from '@milena/config-schema';
import { MetadataFollower } from '@milena/metadata-follower';
import { failure, offset, success, type Endpoint, type Result, type TimestampMs } from '@milena/model';
import type { Connector, Platform } from '@milena/platform';
import {
  createQuorumLeaderChannel,
  snapshotTriggers,
  type ActiveControllerChannel,
  type LeaderInfo,
  type QuorumLeaderChannel,
  type RaftDriver,
} from '@milena/raft-driver';
import type { AdminMethod } from './admin-method';
import { BrokerCalls } from './broker-calls';
import { brokerService } from './broker-service';
import { clusterService } from './cluster-service';
import { callController } from './controller-calls';
import type { AppliedMetadata, GatewayContext } from './gateway-context';
import { groupService } from './group-service';
import { QuorumReadiness } from './quorum-readiness';
import { quorumService } from './quorum-service';
import { readMetadata } from './read-metadata';
import { topicService } from './topic-service';

/** Everything a gateway is made from. */
export interface GatewayServerOptions {
  readonly platform: Platform;
  /** The process's configuration. */
  readonly server: ServerConfig;
  readonly metadataLog: Pick<RaftDriver, 'subscribe' | 'createSnapshot' | 'leader' | 'health' | 'leaderHighWatermark'>;
  readonly connector: Connector;
  readonly controllerChannel: ActiveControllerChannel;
  /** Controllers to ask while the metadata log knows no leader. */
  readonly bootstrap: readonly Endpoint[];
  /** Resolves when the cluster id is known. */
  readonly clusterId: () => Promise<string>;
}

/** An admin gateway minus its sockets. */
export interface GatewayServer {
  /** Every method of the admin API with its handler. */
  readonly methods: readonly AdminMethod[];
  /** Starts to follow the metadata log; call once, before or after the log itself starts. */
  start(): void;
  /** Looks whether the image follows a live quorum; wants to be asked several times a second. */
  isReady(): boolean;
  /** Ends all waits and calls. */
  stop(): void;
}

/** Makes a gateway. */
export function createGatewayServer(options: GatewayServerOptions): GatewayServer {
  return new Gateway(options);
}

class Gateway implements GatewayServer {
  readonly methods: readonly AdminMethod[];
  readonly #follower: MetadataFollower;
  readonly #readiness: QuorumReadiness;
  readonly #brokers: BrokerCalls;
  readonly #quorum: QuorumLeaderChannel;
  #clusterId: string | undefined;
  #imageTime: TimestampMs | undefined;

  constructor(private readonly options: GatewayServerOptions) {
    const { platform, server, metadataLog, connector } = options;
    this.#follower = new MetadataFollower({
      platform,
      metadataLog,
      publish: (_delta, _image, { timestamp }) => (this.#imageTime = timestamp),
      snapshots: { metadataLog, triggers: snapshotTriggers(server), logger: platform.logger },
    });
    this.#readiness = new QuorumReadiness({
      metadataLog,
      appliedEnd: () => this.#follower.appliedEnd,
    });
    const peerListenerName = server.string('inter.broker.listener.name').toUpperCase();
    this.#brokers = new BrokerCalls({ connector, peerListenerName });
    this.#quorum = createQuorumLeaderChannel(options);
    const context = this.#context();
    this.methods = [clusterService, quorumService, brokerService, topicService, groupService].flatMap((service) =>
      service(context),
    );
  }

  start(): void {
    this.#follower.start();
    void this.options.clusterId().then((clusterId) => (this.#clusterId = clusterId));
  }

  isReady(): boolean {
    return this.#readiness.look() && this.#clusterId !== undefined;
  }

  stop(): void {
    this.#follower.close();
    this.#brokers.close();
    this.#quorum.close();
  }

  #context(): GatewayContext {
    const { platform, server, metadataLog, controllerChannel: channel } = this.options;
    const { clock } = platform;
    const applied = (): Result<AppliedMetadata> => this.#metadata();
    const waitForEnd = (end: number, timeoutMs: number): Promise<boolean> => this.#follower.waitForEnd(end, timeoutMs);
    const waitFor = (offset: number, timeoutMs: number): Promise<boolean> => this.#follower.waitFor(offset, timeoutMs);
    return {
      platform,
      server,
      metadata: applied,
      read: (fields, call) => readMetadata({ clock, quorum: this.#quorum, applied, waitForEnd }, fields, call),
      leader: (): LeaderInfo => metadataLog.leader(),
      hasLiveLeader: () => metadataLog.health() && metadataLog.leader().leaderId !== undefined,
      change: (rpc, request, call) => callController({ clock, channel, waitFor }, rpc, request, call),
      askBroker: (brokerId, rpc, request, call) =>
        this.#brokers.ask({ image: this.#follower.image, brokerId }, rpc, request, call),
      quorum: this.#quorum,
    };
  }

  #metadata(): Result<AppliedMetadata> {
    const clusterId = this.#clusterId;
    if (clusterId === undefined || !this.#readiness.hasCaughtUp) {
      return failure('BROKER_NOT_AVAILABLE', 'this gateway has not caught up with a quorum yet');
    }
    const { image, appliedEnd: end } = this.#follower;
    return success({ clusterId, image, end: offset(end), timeMs: this.#imageTime });
  }
}
