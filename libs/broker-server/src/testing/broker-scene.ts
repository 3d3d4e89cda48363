import { resolveServerConfig, type ServerConfig } from '@milena/config-schema';
import { DEFAULT_LOG_CONFIG, openLogDirectory } from '@milena/log-store';
import type { MetadataRecord, PartitionState } from '@milena/metadata';
import { NO_EPOCH, offset, uuidFromBytes, type Uuid } from '@milena/model';
import { noMeter, noTracer, type Meter, type Platform } from '@milena/platform';
import {
  createMemoryDisk,
  createMemoryNetwork,
  createMemoryStateStores,
  createProcessTime,
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
  type MemoryDisk,
  type MemoryNetwork,
  type MemoryStateStores,
  type VirtualTime,
} from '@milena/platform/testing';
import { decodeRecords, encodeBatch, batchesOf } from '@milena/record-batch';
import type { AppendOutcome, RequiredAcks } from '../append-request';
import { DEFAULT_BROKER_LIMITS } from '../broker-config';
import { createBrokerServer } from '../broker-server';
import type { FetchOutcome } from '../fetch-request';
import type { PlantedBugs } from '../planted-bugs';
import type { SceneBroker } from './scene-broker';
import { ScriptedController } from './scripted-controller';
import { ScriptedMetadataLog } from './scripted-metadata-log';

const CLUSTER_ID = testUuid(9);
/** The topic of a scene. */
export const TOPIC = { name: 'events', id: testUuid(50) };
const PARTITION = { topic: TOPIC.name, partition: 0 };

/** A uuid that ends in `last`. */
export function testUuid(last: number): Uuid {
  return uuidFromBytes(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, last]));
}

/** How a scene differs from the ordinary. */
export interface SceneOptions {
  /** Gets the metrics of all brokers. */
  readonly meter?: Meter;
  /** Kafka keys of all brokers. */
  readonly config?: Readonly<Record<string, string>>;
  readonly plantedBugs?: PlantedBugs;
  readonly syncLatencyMs?: { readonly min: number; readonly max: number };
}

/** What of a broker survives its process. */
interface SceneDisk {
  readonly disk: MemoryDisk;
  readonly stateStores: MemoryStateStores;
  readonly directoryId: Uuid;
}

/** Brokers on virtual time, memory disks and a memory network, under a scripted metadata log. */
export class BrokerScene {
  readonly time: VirtualTime = createVirtualTime();
  readonly network: MemoryNetwork = createMemoryNetwork(this.time);
  readonly log = new ScriptedMetadataLog(this.time.timers);
  readonly server: ServerConfig;
  readonly controller: ScriptedController;
  readonly #disks = new Map<number, SceneDisk>();
  readonly #brokers = new Map<number, SceneBroker>();
  #lives = 0;

  constructor(private readonly options: SceneOptions = {}) {
    const entries = Object.entries({
      'node.id': '1',
      'process.roles': 'broker',
      'controller.listener.names': 'CONTROLLER',
      ...options.config,
    });
    const origin = { source: 'file', place: 'spec' } as const;
    const resolved = resolveServerConfig(entries.map(([key, text]) => ({ key, text, origin })));
    if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
    this.server = resolved.config;
    this.controller = new ScriptedController(this.log, this.time.timers, CLUSTER_ID, this.server);
  }

  broker(id: number): SceneBroker {
    const broker = this.#brokers.get(id);
    if (broker === undefined) throw new Error(`no broker ${id}`);
    return broker;
  }

  disk(id: number): MemoryDisk {
    return this.#diskOf(id).disk;
  }

  /** State stores of a broker; like its disk they outlive its process. */
  stateStores(id: number): MemoryStateStores {
    return this.#diskOf(id).stateStores;
  }

  /** Gives a broker an empty disk with a new directory id, and empty state stores unless they were spared. */
  replaceDisk(id: number, { sparesStores = false } = {}): void {
    const { stateStores } = this.#diskOf(id);
    this.#disks.delete(id);
    this.#lives += 1;
    this.#diskOf(id, sparesStores ? stateStores : undefined);
  }

  /** Gives a broker an empty disk under the directory id of its former one, as that of a copied folder has. */
  cloneDisk(id: number): void {
    const { directoryId } = this.#diskOf(id);
    const clone = { disk: this.#newDisk(), stateStores: createMemoryStateStores(), directoryId };
    this.#disks.set(id, clone);
  }

  /** Starts a broker, or its next life, and waits until it is ready. */
  async start(...ids: readonly number[]): Promise<void> {
    for (const id of ids) await this.launch(id);
    for (const id of ids) await this.time.resolve(this.broker(id).started, 60_000);
  }

  /** Starts a broker without waiting for it. */
  async launch(id: number, hostName = `host${id}`): Promise<SceneBroker> {
    this.#lives += 1;
    const { disk, stateStores, directoryId } = this.#diskOf(id);
    const process = this.network.join(hostName);
    const processTime = createProcessTime(this.time);
    const logger = createRecordingLogger();
    const random = createSeededRandom(1000 * this.#lives + id);
    const platform: Platform = {
      ...processTime,
      random,
      disk,
      stateStores,
      logger,
      tracer: noTracer,
      meter: this.options.meter ?? noMeter,
    };
    const opening = openLogDirectory({ ...platform, path: '/data', config: DEFAULT_LOG_CONFIG });
    const opened = await this.time.resolve(opening);
    if (!opened.ok) throw new Error(opened.error.message);
    const host = process.server(9094);
    const fatal: Error[] = [];
    const server = createBrokerServer({
      platform,
      config: {
        nodeId: id,
        clusterId: CLUSTER_ID,
        listeners: [
          { name: 'PLAINTEXT', host: hostName, port: 9092, securityProtocol: 'PLAINTEXT' },
          { name: 'INTERNAL', host: hostName, port: 9094, securityProtocol: 'PLAINTEXT' },
        ],
        interBrokerListenerName: 'INTERNAL',
        server: this.server,
        limits: DEFAULT_BROKER_LIMITS,
      },
      metadataLog: this.log.view(id, () => broker.isAlive),
      controllerChannel: this.controller.channel(),
      lifecycleChannel: this.controller.channel(),
      connector: process.connector,
      serviceHost: host,
      logDirectory: opened.value,
      directoryId,
      requestHandler: () => () => Promise.resolve(undefined),
      onFatal: (error) => fatal.push(error),
      ...(this.options.plantedBugs === undefined ? {} : { plantedBugs: this.options.plantedBugs }),
    });
    host.start();
    const broker: SceneBroker = {
      id,
      server,
      process,
      logger,
      fatal,
      time: processTime,
      isAlive: true,
      started: server.start(),
    };
    broker.started.catch(() => undefined);
    this.#brokers.set(id, broker);
    return broker;
  }

  /** Kills a broker's process, and with it what its disk had not synced unless only the process dies. */
  kill(id: number, mode: 'process' | 'power' = 'process'): void {
    const broker = this.broker(id);
    broker.isAlive = false;
    broker.time.end();
    broker.process.crash();
    const { disk, stateStores } = this.#diskOf(id);
    for (const part of [disk, stateStores]) part.crash(mode === 'power' ? 'lose-unsynced' : 'keep');
  }

  /** Creates the topic with one partition. */
  createTopic(
    replicas: readonly number[],
    state: Partial<PartitionState> = {},
    config: Record<string, string> = {},
  ): void {
    this.log.append([
      { type: 'TopicRecord', name: TOPIC.name, topicId: TOPIC.id },
      {
        type: 'PartitionRecord',
        topicId: TOPIC.id,
        partitionId: 0,
        replicas,
        isr: replicas,
        addingReplicas: [],
        removingReplicas: [],
        leader: replicas[0] ?? -1,
        leaderEpoch: 0,
        partitionEpoch: 0,
        leaderRecoveryState: 'RECOVERED',
        directories: replicas.map((id) => this.#diskOf(id).directoryId),
        ...state,
      },
      ...Object.entries(config).map(([name, value]): MetadataRecord => ({
        type: 'ConfigRecord',
        resourceType: 'TOPIC',
        resourceName: TOPIC.name,
        name,
        value,
      })),
    ]);
  }

  /** The controller changes the partition. */
  changePartition(change: { leader?: number; isr?: readonly number[] }): void {
    this.log.append([{ type: 'PartitionChangeRecord', topicId: TOPIC.id, partitionId: 0, ...change }]);
  }

  get partition(): PartitionState {
    const state = this.log.image.partition(TOPIC.id, 0);
    if (state === undefined) throw new Error('the topic does not exist');
    return state;
  }

  /** Produces values to a broker; the outcome may still be open. */
  produce(
    id: number,
    values: readonly string[],
    {
      acks = -1,
      timeoutMs = 30_000,
      producer,
    }: { acks?: RequiredAcks; timeoutMs?: number; producer?: { id: number; sequence: number } } = {},
  ): { outcome: AppendOutcome | undefined } {
    const answer: { outcome: AppendOutcome | undefined } = { outcome: undefined };
    const batches = encodeBatch({
      baseOffset: offset(0),
      partitionLeaderEpoch: NO_EPOCH,
      timestamp: this.time.clock.wallMs(),
      records: values.map((value) => ({ key: null, value: Buffer.from(value), headers: [] })),
      ...(producer === undefined
        ? {}
        : { producerId: producer.id as never, producerEpoch: 0, baseSequence: producer.sequence }),
    });
    const request = { acks, timeoutMs, entries: [{ topicPartition: PARTITION, batches }] };
    this.broker(id).server.context.replicaManager.append(request, ([outcome]) => (answer.outcome = outcome));
    return answer;
  }

  /** Produces and waits for the answer. */
  async produced(...args: Parameters<BrokerScene['produce']>): Promise<AppendOutcome> {
    const answer = this.produce(...args);
    await this.time.runUntil(() => answer.outcome !== undefined, 60_000);
    if (answer.outcome === undefined) throw new Error('produce found no answer');
    return answer.outcome;
  }

  /** Fetches from a broker; the outcome may still be open. */
  fetch(id: number, fetchOffset: number, { maxWaitMs = 0, minBytes = 1, currentLeaderEpoch = NO_EPOCH } = {}) {
    const answer: { outcome: FetchOutcome | undefined } = { outcome: undefined };
    const entry = {
      fetchOffset: offset(fetchOffset),
      currentLeaderEpoch,
      lastFetchedEpoch: NO_EPOCH,
      maxBytes: 1 << 20,
    };
    this.broker(id).server.context.replicaManager.fetch(
      {
        maxWaitMs,
        minBytes,
        maxBytes: 1 << 20,
        isolation: 'uncommitted',
        entries: [{ topicPartition: PARTITION, ...entry }],
      },
      ([outcome]) => (answer.outcome = outcome),
    );
    return answer;
  }

  /** Values a client can read from the beginning. */
  readable(id: number): readonly string[] {
    return valuesOf(this.fetch(id, 0).outcome?.records ?? Buffer.alloc(0));
  }

  latest(id: number) {
    const query = {
      topicPartition: PARTITION,
      spec: 'latest',
      currentLeaderEpoch: NO_EPOCH,
      isolation: 'uncommitted',
    } as const;
    return this.broker(id).server.context.replicaManager.listOffsets([query])[0];
  }

  epochEnd(id: number, leaderEpoch: number) {
    const query = { topicPartition: PARTITION, currentLeaderEpoch: NO_EPOCH, leaderEpoch };
    return this.broker(id).server.context.replicaManager.endOffsetForEpoch([query])[0];
  }

  #diskOf(id: number, stateStores = createMemoryStateStores()): SceneDisk {
    const known = this.#disks.get(id);
    if (known !== undefined) return known;
    const directoryId = testUuid(100 + this.#disks.size * 16 + this.#lives);
    const made = { disk: this.#newDisk(), stateStores, directoryId };
    this.#disks.set(id, made);
    return made;
  }

  #newDisk(): MemoryDisk {
    const { syncLatencyMs } = this.options;
    return createMemoryDisk(syncLatencyMs === undefined ? {} : { timers: this.time.timers, syncLatencyMs });
  }
}

/** Values of the records in whole batches. */
export function valuesOf(batches: Buffer): readonly string[] {
  return [...batchesOf(batches)].flatMap(({ bytes }) => decodeRecords(bytes).map(({ value }) => String(value)));
}
