import {
  createApiHandler,
  createBrokerServer,
  DEFAULT_BROKER_LIMITS,
  type BrokerServer,
  type PlantedBugs,
} from '@milena/broker-server';
import type { MetadataImage } from '@milena/metadata';
import { DEFAULT_LOG_CONFIG, openLogDirectory, type LogDirectory } from '@milena/log-store';
import { topicPartitionName, type Endpoint, type TopicPartition, type Uuid } from '@milena/model';
import { createActiveControllerChannel, createRaftDriver, formatStorage, type RaftDriver } from '@milena/raft-driver';
import { serveKafkaFrames } from '../clients/kafka-frames';
import { Machine, type ProcessLife } from '../machine';
import { readLog, type BatchMark } from '../read-log';
import type { World } from '../world';
import { simulatedConfig } from './simulated-config';

const DATA_FOLDER = '/data';
const INTERNAL_PORT = 9094;
const KAFKA_PORT = 9092;
const INDEX_BYTES = 1024;

/** Keys of every simulated broker: small files and short waits, so that 20 seconds hold many elections. */
const BROKER_KEYS = {
  'process.roles': 'broker',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'INTERNAL',
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'replica.lag.time.max.ms': '1500',
  'replica.high.watermark.checkpoint.interval.ms': '1000',
  'log.flush.offset.checkpoint.interval.ms': '2000',
  'log.index.size.max.bytes': `${INDEX_BYTES}`,
} as const;

/** A broker of a simulated cluster, before its machine is started. */
export interface BrokerNodeOptions {
  readonly world: World;
  readonly clusterId: Uuid;
  readonly nodeId: number;
  readonly controllers: readonly Endpoint[];
  readonly syncLatencyMs: { readonly min: number; readonly max: number };
  readonly plantedBugs: PlantedBugs;
}

/** One broker: the production broker server, observing the metadata log, on a machine that can crash. */
export class BrokerNode {
  readonly machine: Machine;
  /** Where clients reach it. */
  readonly endpoint: Endpoint;
  #directoryId: Uuid = '';
  /** The logs of the present life, once recovered. */
  #logs: LogDirectory | undefined;
  #broker: BrokerServer | undefined;

  constructor(readonly options: BrokerNodeOptions) {
    const { world, nodeId, syncLatencyMs } = options;
    const host = `broker-${nodeId}`;
    this.endpoint = { host, port: KAFKA_PORT };
    const start = (life: ProcessLife): void => this.#start(life);
    this.machine = new Machine({ world, host, syncLatencyMs, logger: world.logger.child({ host }), start });
  }

  get nodeId(): number {
    return this.options.nodeId;
  }

  async format(): Promise<void> {
    const { world, clusterId, nodeId } = this.options;
    const [folder] = await formatStorage({
      platform: { disk: this.machine.disk, clock: world.time.clock, random: world.random.fork(`format ${nodeId}`) },
      logFolders: [DATA_FOLDER],
      metadataLogFolder: DATA_FOLDER,
      clusterId,
      nodeId,
      voters: { kind: 'none' },
    });
    this.#directoryId = folder?.properties.directoryId ?? '';
  }

  /** The batches of a partition in its files; undefined while the machine is down or recovers, or has no replica. */
  log(topicPartition: TopicPartition): readonly BatchMark[] | undefined {
    if (!this.machine.isRunning || this.#logs?.get(topicPartition) === undefined) return undefined;
    return readLog(this.machine.disk, `${DATA_FOLDER}/${topicPartitionName(topicPartition)}`);
  }

  /** The metadata it goes by; undefined while the machine is down or recovers. */
  image(): MetadataImage | undefined {
    return this.machine.isRunning ? this.#broker?.context.image() : undefined;
  }

  #start(life: ProcessLife): void {
    this.#logs = undefined;
    this.#broker = undefined;
    this.#run(life).catch((error: unknown) => this.machine.ends(life, error));
  }

  async #run(life: ProcessLife): Promise<void> {
    const { platform, network } = life;
    const opened = await openLogDirectory({
      ...platform,
      path: DATA_FOLDER,
      config: { ...DEFAULT_LOG_CONFIG, segmentIndexBytes: INDEX_BYTES },
      checkpointIntervalMs: 2000,
    });
    if (!life.isAlive()) return;
    if (!opened.ok) throw new Error(opened.error.message);
    this.#logs = opened.value;
    const peers = network.server(INTERNAL_PORT);
    const metadataLog = this.#createMetadataLog(life);
    const broker = createBrokerServer({
      platform,
      config: this.#config(),
      metadataLog,
      controllerChannel: this.#controllerChannel(life, metadataLog),
      lifecycleChannel: this.#controllerChannel(life, metadataLog),
      connector: network.connector,
      serviceHost: peers,
      logDirectory: opened.value,
      directoryId: this.#directoryId,
      requestHandler: createApiHandler,
      onFatal: (error) => this.machine.ends(life, error),
      plantedBugs: this.options.plantedBugs,
    });
    this.#broker = broker;
    const clients = network.server(KAFKA_PORT);
    serveKafkaFrames(clients, broker.handleRequest);
    peers.start();
    await metadataLog.start();
    if (!life.isAlive()) return;
    await broker.start();
    if (life.isAlive()) clients.start();
  }

  #createMetadataLog({ platform, network, isAlive }: ProcessLife): RaftDriver {
    const { nodeId, clusterId, controllers } = this.options;
    return createRaftDriver({
      platform,
      nodeId,
      directoryId: this.#directoryId,
      clusterId,
      role: 'observer',
      logFolder: DATA_FOLDER,
      connector: network.connector,
      bootstrapServers: controllers,
      logConfig: { segmentBytes: 16 * 1024, segmentIndexBytes: INDEX_BYTES },
      onFatal: (error) => this.machine.ends({ isAlive }, error),
    });
  }

  #controllerChannel({ platform, network }: ProcessLife, metadataLog: RaftDriver) {
    const { controllers } = this.options;
    return createActiveControllerChannel({
      platform,
      connector: network.connector,
      metadataLog,
      bootstrap: controllers,
    });
  }

  #config() {
    const { nodeId, clusterId } = this.options;
    const { host } = this.endpoint;
    const listener = (name: string, port: number) => ({ name, host, port, securityProtocol: 'PLAINTEXT' as const });
    return {
      nodeId,
      clusterId,
      listeners: [listener('PLAINTEXT', KAFKA_PORT), listener('INTERNAL', INTERNAL_PORT)],
      interBrokerListenerName: 'INTERNAL',
      server: simulatedConfig({ ...BROKER_KEYS, 'node.id': `${nodeId}` }),
      limits: DEFAULT_BROKER_LIMITS,
    };
  }
}
