import { describeQuorumRpc } from '@milena/cluster-protocol';
import { encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { failure, offset, timestampMs, ZERO_UUID, type Offset } from '@milena/model';
import { noMeter, noTracer, type UnaryOutcome } from '@milena/platform';
import {
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
  type RecordingLogger,
  type VirtualTime,
} from '@milena/platform/testing';
import type { MetadataLogListener } from '@milena/raft-driver';
import type { ClientChannel, ClientConnection } from '../client-channel';
import { createZookeeperServer, type ZookeeperServer } from '../zookeeper-server';
import type { SessionPasswords, ZookeeperSettings } from '../zookeeper-settings';
import { SceneClient } from './scene-client';

const CLUSTER_ID = 'scene-cluster';

/** What a shim is told in a scene: session timeouts of 1 to 10 s, reads for 3 s without a quorum. */
export const SCENE_SETTINGS: ZookeeperSettings = {
  version: '3.8.4-scene, built on 2026-01-01 00:00 UTC',
  sessionTimeouts: { minMs: 1_000, maxMs: 10_000 },
  staleReadsMs: 3_000,
  watchLimits: { watcherBytesMax: 10_000, totalBytesMax: 20_000 },
  hiddenListener: 'INTERNAL',
  configuration: { clientPort: 2181, tickTime: 500 },
  environment: { 'host.name': 'scene' },
};

const PASSWORDS: SessionPasswords = {
  of: (clusterId, sessionId) => Buffer.from(`${clusterId}${sessionId}`.padEnd(16, '.').slice(-16)),
  equal: (left, right) => left.equals(right),
};

/** A shim with a metadata log that the spec writes and clients without sockets, under virtual time. */
export class ShimScene {
  readonly time: VirtualTime = createVirtualTime();
  readonly logger: RecordingLogger = createRecordingLogger();
  readonly server: ZookeeperServer;
  readonly following: boolean[] = [];
  /** Whether the shim hears of the quorum. */
  isHealthy = true;
  /** Offset the active controller says is committed; undefined: it does not answer. */
  leaderPosition: Offset | undefined;
  leaderAnswersAfterMs = 0;
  #listener: MetadataLogListener | undefined;
  #nextOffset = 0;
  #held: (() => void)[] | undefined;
  #clients = 0;

  constructor(settings: Partial<ZookeeperSettings> = {}) {
    this.server = createZookeeperServer({
      platform: {
        clock: this.time.clock,
        timers: this.time.timers,
        random: createSeededRandom(1),
        logger: this.logger,
        tracer: noTracer,
        meter: noMeter,
      },
      settings: { ...SCENE_SETTINGS, ...settings },
      metadataLog: {
        health: () => this.isHealthy,
        leaderHighWatermark: () => offset(this.#nextOffset),
        subscribe: (listener) => (this.#listener = listener),
        createSnapshot: () => Promise.resolve(failure('OPERATION_NOT_ATTEMPTED', 'the scene keeps no snapshots')),
      },
      snapshotTriggers: { recordBytesMax: Infinity, intervalMs: 0 },
      controllerChannel: { unary: () => this.#answerOfLeader() },
      passwords: PASSWORDS,
      onFollowing: (isFollowing) => this.following.push(isFollowing),
    });
  }

  /** A shim that follows a log in which leader 101 and brokers 1 and 2 stand. */
  static async started(settings?: Partial<ZookeeperSettings>): Promise<ShimScene> {
    const scene = new ShimScene(settings);
    scene.server.start(CLUSTER_ID);
    scene.leader(101, 1);
    for (const brokerId of [1, 2]) scene.append([registration(brokerId)]);
    await scene.time.advance(200);
    return scene;
  }

  /** zxid of everything written so far. */
  get zxid(): number {
    return this.#nextOffset;
  }

  append(records: readonly MetadataRecord[]): void {
    const baseOffset = offset(this.#nextOffset);
    this.#nextOffset += records.length;
    const lastOffset = offset(this.#nextOffset - 1);
    const values = records.map((record) => encodeMetadataRecord(record));
    const batch = { baseOffset, lastOffset, epoch: 1, timestamp: timestampMs(1_000), records: values };
    this.#deliver(() => this.#listener?.onCommitted(batch));
  }

  leader(leaderId: number, epoch: number): void {
    const change = { leaderId, epoch, offset: offset(this.#nextOffset), timestamp: timestampMs(1_000) };
    this.#nextOffset += 1;
    this.#deliver(() => this.#listener?.onCommittedLeaderChange?.(change));
  }

  /** Fences or unfences a broker; its registration is the first record that named it. */
  fence(brokerId: number, fenced = true): void {
    this.append([{ type: 'BrokerRegistrationChangeRecord', brokerId, brokerEpoch: offset(brokerId), fenced }]);
  }

  /** Creates a topic. */
  topic(name: string, partitionCount: number): void {
    const topicId = Buffer.alloc(16, 7).toString('base64url');
    const partition = { topicId, replicas: [1], isr: [1], addingReplicas: [], removingReplicas: [], leader: 1 };
    const epochs = { leaderEpoch: 0, partitionEpoch: 0 };
    this.append([
      { type: 'TopicRecord', name, topicId },
      ...Array.from({ length: partitionCount }, (_, partitionId) => ({
        ...{ type: 'PartitionRecord' as const, leaderRecoveryState: 'RECOVERED' as const, directories: [ZERO_UUID] },
        ...{ ...partition, ...epochs, partitionId },
      })),
    ]);
  }

  /** While held, the shim learns nothing new. */
  hold(): void {
    this.#held = [];
  }

  /** Delivers the first `count` of what is held, and as nothing is left, ends the hold. */
  release(count = Infinity): void {
    for (const deliver of this.#held?.splice(0, count) ?? []) deliver();
    if (this.#held?.length === 0) this.#held = undefined;
  }

  /** A client that has not shaken hands. */
  client(): SceneClient {
    this.#clients += 1;
    const remoteAddress = `10.0.0.1:${this.#clients}`;
    return new SceneClient((channel: ClientChannel): ClientConnection => this.server.accept(channel), remoteAddress);
  }

  #deliver(deliver: () => void): void {
    if (this.#held === undefined) deliver();
    else this.#held.push(deliver);
  }

  async #answerOfLeader(): Promise<UnaryOutcome> {
    const { leaderAnswersAfterMs } = this;
    if (leaderAnswersAfterMs > 0) {
      await new Promise<void>((resolve) => this.time.timers.after(leaderAnswersAfterMs, resolve));
    }
    return this.#describe();
  }

  #describe(): UnaryOutcome {
    if (this.leaderPosition === undefined)
      return { ok: false, error: { reason: 'timeout', message: 'nobody answers' } };
    const value = describeQuorumRpc.encodeResponse({
      type: 'describeQuorum',
      error: 'NONE',
      epoch: 1,
      leaderId: 101,
      clusterId: CLUSTER_ID,
      highWatermark: this.leaderPosition,
      voters: [],
      observers: [],
    });
    return { ok: true, value };
  }
}

function registration(brokerId: number): MetadataRecord {
  return {
    type: 'RegisterBrokerRecord',
    brokerId,
    incarnationId: ZERO_UUID,
    listeners: [{ name: 'PLAINTEXT', host: 'h', port: 9092, securityProtocol: 'PLAINTEXT' }],
    features: [],
    fenced: false,
    inControlledShutdown: false,
    logDirectories: [],
  };
}
