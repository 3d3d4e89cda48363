import { resolveServerConfig, type ServerConfig } from '@milena/config-schema';
import {
  createDelta,
  emptyImage,
  SUPPORTED_FEATURES,
  type BrokerRegistration,
  type ConfigResource,
  type MetadataImage,
  type MetadataRecord,
  type SupportedFeature,
} from '@milena/metadata';
import { offset, success, uuidFromBytes, ZERO_UUID, type Result, type Uuid } from '@milena/model';
import { BrokerSessions } from '../brokers/broker-sessions';
import { fenceBroker } from '../brokers/fence-broker';
import { brokerHeartbeat } from '../brokers/broker-heartbeat';
import { registerBroker, type RegisterBrokerRequest, type RegisterBrokerResponse } from '../brokers/register-broker';
import type { ControllerDefaults } from '../controller-defaults';
import type { Decision } from '../decision';
import { alterPartition } from '../partitions/alter-partition';
import { minInsyncReplicasOf } from '../partitions/partition-rules';
import { SWEEP_STEP, type PartitionSweep, type SweepStepLimits } from '../partitions/partition-sweep';
import { bootstrapRecords } from '../features/bootstrap';
import { alterConfigs, type ConfigReplacement } from '../configs/alter-configs';
import { incrementalAlterConfigs, type ConfigChange } from '../configs/incremental-alter-configs';
import { createPartitions, type PartitionsToCreate } from '../topics/create-partitions';
import { createTopics, type CreatableTopic, type CreateTopicsContext } from '../topics/create-topics';

const ASKED = { principal: 'User:alice', timeoutMs: 1000 };

/** Cluster id of every scenario. */
export const CLUSTER_ID: Uuid = idNamed('cluster');
/** Session timeout of every scenario. */
export const SESSION_TIMEOUT_MS = 9000;

/** A uuid that is the same for the same name. */
export function idNamed(name: string): Uuid {
  const bytes = Buffer.alloc(16, '.');
  bytes.write(name.slice(0, 16), 0, 'latin1');
  return uuidFromBytes(bytes);
}

/** The name a uuid was made from. */
export function nameOf(id: Uuid): string {
  return id === ZERO_UUID ? '-' : Buffer.from(id, 'base64url').toString('latin1').replace(/\.+$/, '');
}

/** A controller that commits every decision at once, with a clock that is moved by hand. */
export class Scenario {
  image: MetadataImage = emptyImage;
  nowMs = 0;
  readonly sessions = new BrokerSessions(SESSION_TIMEOUT_MS);
  readonly defaults: ControllerDefaults;
  readonly server = defaultServerConfig();
  /** How much one batch may hold. */
  limits: SweepStepLimits = SWEEP_STEP;
  /** Records of the last decision. */
  lastRecords: readonly MetadataRecord[] = [];
  /** Sees the image before and after each decision. */
  onAppend: (before: MetadataImage, after: MetadataImage, records: readonly MetadataRecord[]) => void = () => {};
  #topicSerial = 0;
  #incarnation = 0;

  constructor(
    defaults: Partial<ControllerDefaults> = {},
    { elr = true, kraftVersion = 1 }: { readonly elr?: boolean; readonly kraftVersion?: number } = {},
  ) {
    this.defaults = {
      partitions: 1,
      replicationFactor: 1,
      uncleanLeaderElection: false,
      minInsyncReplicas: 1,
      deleteTopicEnable: true,
      supportedFeatures: SUPPORTED_FEATURES,
      ...defaults,
    };
    // Without ELR: a cluster at the lowest levels, as one that was begun by an older program is.
    const levels = SUPPORTED_FEATURES.map(({ name, minLevel, maxLevel }) => [name, elr ? maxLevel : minLevel] as const);
    this.append(bootstrapRecords(this.image, this.defaults, { chosen: new Map(levels), kraftVersion }));
  }

  append(records: readonly MetadataRecord[]): void {
    const delta = createDelta(this.image);
    const base = this.image.provenance.offset + 1;
    records.forEach((record, index) => delta.replay(record, offset(base + index), 1));
    const before = this.image;
    this.image = delta.apply();
    this.lastRecords = records;
    this.onAppend(before, this.image, records);
  }

  commit<Response>({ records, respond }: Decision<Response>): Response {
    const baseOffset = offset(this.image.provenance.offset + 1);
    this.append(records);
    const lastOffset = this.image.provenance.offset;
    return respond(records.length === 0 ? undefined : { baseOffset, lastOffset });
  }

  /** Id of a directory by its name. */
  directoryOf(name: string): Uuid {
    return idNamed(name);
  }

  epochOf(brokerId: number): number {
    return this.image.broker(brokerId)?.epoch ?? -1;
  }

  register(
    brokerId: number,
    {
      dir = `disk${brokerId}`,
      rack,
      cluster = CLUSTER_ID,
      incarnation,
      clean,
      formerEpoch,
      features = SUPPORTED_FEATURES,
    }: RegisterOptions = {},
  ): Result<RegisterBrokerResponse> {
    const incarnationId = idNamed(incarnation ?? `life${this.#incarnation++}`);
    const request = {
      principal: 'User:broker',
      clusterId: cluster,
      brokerId,
      incarnationId,
      listeners: [{ name: 'INTERNAL', host: `host${brokerId}`, port: 9094, securityProtocol: 'PLAINTEXT' as const }],
      features,
      ...(rack === undefined ? {} : { rack }),
      logDirectories: dir.split(',').map(idNamed),
      previousBrokerEpoch: clean ? this.epochOf(brokerId) : -1,
      ...(formerEpoch === undefined ? {} : { brokerEpoch: formerEpoch }),
    };
    const outcome = this.#registerInSteps(request);
    const broker = this.image.broker(brokerId);
    if (broker !== undefined && outcome.ok) this.sessions.contact(broker, this.nowMs);
    return outcome;
  }

  #registerInSteps(request: RegisterBrokerRequest): Result<RegisterBrokerResponse> {
    const { defaults } = this;
    const isAlive = (broker: BrokerRegistration) => this.sessions.isAlive(broker, this.nowMs);
    let vacating: PartitionSweep | undefined;
    const records: MetadataRecord[] = [];
    for (;;) {
      const wasReplaced = (id: number, incarnation: Uuid) => this.sessions.wasReplaced(id, incarnation);
      const context = { clusterId: CLUSTER_ID, defaults, isAlive, wasReplaced, limits: this.limits };
      const step = this.commit(
        registerBroker(this.image, request, vacating === undefined ? context : { ...context, vacating }),
      );
      records.push(...this.lastRecords);
      this.lastRecords = records;
      if (!step.ok) return step;
      if (step.value.kind === 'registered') return success({ brokerEpoch: step.value.brokerEpoch });
      ({ vacating } = step.value);
    }
  }

  heartbeat(brokerId: number, options: HeartbeatOptions = {}) {
    const before = this.image.broker(brokerId);
    const brokerEpoch = options.epoch ?? this.epochOf(brokerId);
    const currentMetadataOffset = options.at ?? this.image.provenance.offset;
    if (before?.epoch === brokerEpoch) this.sessions.contact(before, this.nowMs, currentMetadataOffset);
    const outcome = this.commit(
      brokerHeartbeat(
        this.image,
        {
          principal: 'User:broker',
          brokerId,
          brokerEpoch,
          currentMetadataOffset,
          wantFence: options.wantFence ?? false,
          wantShutDown: options.wantShutDown ?? false,
          offlineLogDirectories: options.offline === undefined ? [] : [idNamed(options.offline)],
        },
        {
          defaults: this.defaults,
          lowestActiveMetadataOffset: this.sessions.lowestActiveMetadataOffset(this.image),
          controlledShutdownOffset: this.sessions.controlledShutdownOffset(brokerId),
          isBeingReplaced: false,
        },
      ),
    );
    const after = this.image.broker(brokerId);
    if (after?.inControlledShutdown) this.sessions.beginControlledShutdown(after, this.image.provenance.offset);
    return outcome;
  }

  /** The leader of a partition proposes these brokers as its ISR, under their present epochs. */
  proposeIsr(topicName: string, partition: number, members: readonly number[]): void {
    const topic = this.image.topicByName(topicName);
    const state = topic?.partition(partition);
    if (topic === undefined || state === undefined) throw new Error(`there is no ${topicName}-${partition}`);
    const { leader, leaderEpoch, partitionEpoch } = state;
    const newIsr = members.map((id) => ({ brokerId: id, brokerEpoch: this.epochOf(id) }));
    const minInsyncReplicas = minInsyncReplicasOf(this.image, topicName, this.defaults);
    const what = { leaderEpoch, partitionEpoch, newIsr, leaderRecoveryState: 'RECOVERED' as const };
    const proposal = { partition, ...what, minInsyncReplicas };
    const topics = [{ topicId: topic.id, partitions: [proposal] }];
    const sender = { principal: 'User:broker', brokerId: leader, brokerEpoch: this.epochOf(leader) };
    this.commit(alterPartition(this.image, { ...sender, topics }, this));
  }

  fence(brokerId: number): boolean {
    const broker = this.image.broker(brokerId);
    if (broker === undefined) return false;
    this.sessions.end(brokerId);
    return this.commit(fenceBroker(this.image, broker, this.defaults)).fenced;
  }

  /** Registers a broker and has it unfenced. */
  start(brokerId: number, options: RegisterOptions = {}): void {
    this.register(brokerId, options);
    this.heartbeat(brokerId);
  }

  createTopics(
    topics: readonly Partial<CreatableTopic>[],
    context: Partial<CreateTopicsContext> = {},
    validateOnly = false,
  ) {
    const request = {
      principal: 'User:alice',
      validateOnly,
      timeoutMs: 1000,
      topics: topics.map((topic) => ({
        name: 't',
        partitions: -1,
        replicationFactor: -1,
        assignments: [],
        configs: [],
        ...topic,
      })),
    };
    return this.commit(
      createTopics(this.image, request, {
        defaults: this.defaults,
        topicConfigs: { refusal: () => undefined, effective: () => [] },
        draw: () => 0,
        newTopicId: () => idNamed(`topic${this.#topicSerial++}`),
        ...context,
      }),
    );
  }

  /** The outcome of adding partitions to one topic. */
  createPartitions(topic: PartitionsToCreate, validateOnly = false): Result<null> {
    const request = { ...ASKED, topics: [topic], validateOnly };
    return only(this.commit(createPartitions(this.image, request, { draw: () => 0 })).topics);
  }

  /** The outcome of changing some keys of one resource. */
  alterConfigs(resource: ConfigResource, changes: readonly ConfigChange[], validateOnly = false): Result<null> {
    const request = { ...ASKED, resources: [{ resource, changes }], validateOnly };
    return only(this.commit(incrementalAlterConfigs(this.image, request, this)).resources);
  }

  /** The outcome of replacing all keys of one resource. */
  replaceConfigs(resource: ConfigResource, entries: ConfigReplacement['entries'], validateOnly = false): Result<null> {
    const request = { ...ASKED, resources: [{ resource, entries }], validateOnly };
    return only(this.commit(alterConfigs(this.image, request, this)).resources);
  }
}

function only(outcomes: readonly { readonly result: Result<null> }[]): Result<null> {
  const [outcome] = outcomes;
  if (outcome === undefined || outcomes.length > 1) throw new Error(`${outcomes.length} outcomes`);
  return outcome.result;
}

/** A controller's configuration with nothing but defaults. */
function defaultServerConfig(): ServerConfig {
  const keys = { 'process.roles': 'controller', 'node.id': '1', 'controller.listener.names': 'CONTROLLER' };
  const origin = { source: 'file', place: 'scenario' } as const;
  const resolved = resolveServerConfig(Object.entries(keys).map(([key, text]) => ({ key, text, origin })));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return resolved.config;
}

/** How a broker registers. Directories are names separated by commas. */
export interface RegisterOptions {
  readonly dir?: string;
  readonly rack?: string;
  readonly cluster?: string;
  readonly incarnation?: string;
  /** The former life ended with an orderly stop. */
  readonly clean?: boolean;
  readonly features?: readonly SupportedFeature[];
  /** Epoch this very process was registered with before. */
  readonly formerEpoch?: number;
}

/** What a heartbeat says. */
export interface HeartbeatOptions {
  readonly epoch?: number;
  readonly at?: number;
  readonly wantFence?: boolean;
  readonly wantShutDown?: boolean;
  readonly offline?: string;
}
