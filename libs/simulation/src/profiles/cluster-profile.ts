import type { PlantedBugs } from '@milena/broker-server';
import type { Plant } from '../planted-bugs';
import { emptyImage, type MetadataImage } from '@milena/metadata';
import { topicPartitionName, uuidFromBytes, type TopicPartition, type Uuid } from '@milena/model';
import type { SeededRandom } from '@milena/platform/testing';
import { checkLogMatching } from '../checkers/log-matching';
import { createQuorumCheckers, type QuorumCheckers } from '../checkers/quorum-checkers';
import { KafkaClient } from '../clients/kafka-client';
import { drawDurabilityPromise, type DurabilityPromise } from '../durability-promise';
import { drawFaultMix } from '../faults/fault-mix';
import { FaultInjector } from '../faults/fault-injector';
import { BrokerNode } from '../nodes/broker-node';
import { ControllerNode } from '../nodes/controller-node';
import type { SeedReport } from '../seed-report';
import { SinglePowerCuts } from '../single-power-cuts';
import { IdempotentProducer } from '../workload/idempotent-producer';
import { CommittedOffsets } from '../workload/committed-offsets';
import { OffsetCommitter } from '../workload/offset-committer';
import { readToEnd } from '../workload/partition-reader';
import { ProducedHistory } from '../workload/produced-history';
import { TailingConsumer } from '../workload/tailing-consumer';
import { createTopics } from '../workload/topics-of-cluster';
import { createWorld, type World, type WorldOptions } from '../world';
import { playWorld } from '../world-run';

const OFFSETS_TOPIC = '__consumer_offsets';
const OFFSETS_PARTITIONS = 2;
const SET_UP_MS = 10_000;
const FAULTY_MS = 10_000;
const FAULTY_MS_SIMPLER = [500, 1_000, 2_000, 4_000, 6_000, 8_000];
const CHECK_STATE_EVERY_MS = 1_000;
/** Longest time after healing until all replicas are in sync and every batch is acknowledged. */
const RECOVERY_MS = 12_000;
const READ_MS = 2_000;
/** Longest time after everything is in sync until every group has found its coordinator and committed. */
const GROUPS_MS = 6_000;

/** Settings of a run that do not come from the seed. */
export interface ClusterProfileOptions extends WorldOptions {
  readonly plant?: Plant;
}

/**
 * 1 or 3 production controllers and 3 production brokers, written to by idempotent producers and read by consumers over
 * the Kafka protocol; 10 simulated seconds of faults that the topics' configuration promises to survive, then healing, the
 * demand that everything is in sync and writable again, and a look at every record.
 */
export async function runClusterSeed(seed: number, options: ClusterProfileOptions = {}): Promise<SeedReport> {
  const cluster = new SimulatedCluster(seed, options);
  const { world, history } = cluster;
  return playWorld(seed, {
    name: 'cluster',
    world,
    checkAfterEvent: () => {
      for (const node of cluster.controllers) node.checkLeadership();
    },
    acknowledged: () => history.acknowledged,
    play: (run) => cluster.play(run),
  });
}

type Run = (forMs: number) => Promise<void>;

/** The cluster of one run with its clients and faults. */
class SimulatedCluster {
  readonly world: World;
  readonly history: ProducedHistory;
  readonly controllers: readonly ControllerNode[];
  readonly brokers: readonly BrokerNode[];
  readonly #random: SeededRandom;
  readonly #promise: DurabilityPromise;
  readonly #checkers: QuorumCheckers;
  readonly #partitions: readonly TopicPartition[];
  readonly #offsetsPartitions = Array.from({ length: OFFSETS_PARTITIONS }, (_, partition) => ({
    topic: OFFSETS_TOPIC,
    partition,
  }));
  readonly #producers: readonly IdempotentProducer[];
  readonly #consumers: readonly TailingConsumer[];
  readonly #committers: readonly OffsetCommitter[];
  readonly #client: KafkaClient;

  constructor(seed: number, options: ClusterProfileOptions) {
    const world = createWorld(seed, options);
    const random = world.random.fork('cluster profile');
    this.world = world;
    this.#random = random;
    this.history = new ProducedHistory(world);
    this.#promise = drawDurabilityPromise(random, world.choices);
    const clusterId = uuidFromBytes(random.bytes(16));
    this.#checkers = createQuorumCheckers(world, ({ voterId }) => {
      return this.controllers.find(({ nodeId }) => nodeId === voterId)?.disk;
    });
    this.controllers = this.#createControllers(clusterId);
    this.brokers = this.#createBrokers(clusterId, options.plant?.broker ?? {});
    this.#partitions = Array.from({ length: this.#count('partitions', 3) }, (_, partition) => ({
      topic: 'events',
      partition,
    }));
    this.#client = this.#createClient('checker');
    this.#producers = Array.from({ length: this.#count('producers', 3) }, (_, index) =>
      this.#createProducer(`p${index}`),
    );
    this.#committers = this.#createCommitters();
    this.#consumers = this.#partitions.map((partition) => {
      const name = `consumer of ${partition.partition}`;
      return new TailingConsumer({ world, client: this.#createClient(name), name, partition, history: this.history });
    });
  }

  async play(run: Run): Promise<void> {
    const { world } = this;
    for (const node of this.controllers) {
      const voters = this.controllers.map(({ asVoter }) => asVoter);
      await world.time.resolve(node.format({ kind: 'initial', voters }));
    }
    for (const node of this.brokers) await world.time.resolve(node.format());
    for (const { machine } of [...this.controllers, ...this.brokers]) machine.start();
    await this.#until(run, SET_UP_MS, 'the topics could not be created', this.#createTopics());
    const producing = Promise.all(this.#producers.map((producer) => producer.run()));
    for (const consumer of this.#consumers) void consumer.run();
    for (const committer of this.#committers) committer.run();
    await this.#playFaults(run);
    for (const worker of [...this.#producers, ...this.#committers]) worker.stop();
    await this.#until(run, RECOVERY_MS, 'not every batch was acknowledged', producing);
    await this.#until(run, RECOVERY_MS, 'not every replica is in sync', this.#allInSync());
    for (const consumer of this.#consumers) consumer.stop();
    const concluded = Promise.all(this.#committers.map((committer) => committer.conclude()));
    await this.#until(run, GROUPS_MS, 'not every group could look and commit', concluded);
    await this.#until(run, READ_MS, 'not every partition could be read', this.#readEverything());
    this.#checkState();
    this.#checkReplicasEqual();
  }

  async #playFaults(run: Run): Promise<void> {
    const { world, brokers } = this;
    const mix = drawFaultMix(this.#random, { crashesAndNetworkOnly: true });
    const oneAtATime = this.#promise.name === 'one power cut';
    const brokerHosts = new Set(brokers.map(({ machine }) => machine.host));
    const machines = [...this.controllers, ...brokers].map(({ machine }) => machine);
    const faults = new FaultInjector(
      {
        world,
        machines,
        hosts: [...machines.map(({ host }) => host), 'outside'],
        bears: ({ host }, mode) => !brokerHosts.has(host) || this.#promise.brokersBear.includes(mode),
      },
      oneAtATime ? { ...mix, partitions: false, crashModes: [], lossRate: 0 } : mix,
    );
    const cuts = new SinglePowerCuts({ world, brokers, image: () => this.#image() });
    faults.start();
    if (oneAtATime) cuts.start();
    const faultyMs = world.choices.setting('faulty ms', FAULTY_MS, FAULTY_MS_SIMPLER);
    for (let passedMs = 0; passedMs < faultyMs; passedMs += CHECK_STATE_EVERY_MS) {
      await run(Math.min(CHECK_STATE_EVERY_MS, faultyMs - passedMs));
      this.#checkState();
    }
    faults.heal();
    cuts.heal();
  }

  /** L1: lets time pass until `done` has resolved; a violation when it has not within `withinMs`. */
  async #until(run: Run, withinMs: number, complaint: string, done: Promise<unknown>): Promise<void> {
    const { time } = this.world;
    let isDone = false;
    void done.then(() => (isDone = true));
    const untilMs = time.nowMs() + withinMs;
    while (!isDone && time.nowMs() < untilMs) await run(50);
    if (!isDone) this.world.violated('L1 progress after healing', `${complaint} within ${withinMs} ms`);
  }

  #count(what: string, max: number): number {
    return this.world.choices.setting(what, 1 + this.#random.below(max), [1, 2]);
  }

  #createControllers(clusterId: Uuid): readonly ControllerNode[] {
    const { world } = this;
    const checkers = this.#checkers;
    const count = world.choices.setting('controllers', this.#random.chance(0.3) ? 1 : 3, [1]);
    return Array.from({ length: count }, (_, index) => {
      const nodeId = 101 + index;
      const syncLatencyMs = { min: 0.2, max: 3 };
      return new ControllerNode({ world, clusterId, nodeId, syncLatencyMs, plant: {}, checkers });
    });
  }

  #createBrokers(clusterId: Uuid, plantedBugs: PlantedBugs): readonly BrokerNode[] {
    const { world } = this;
    const slowDisks = world.choices.setting('slow disks', this.#random.chance(0.4), [false]);
    const syncLatencyMs = slowDisks ? { min: 1, max: 30 } : { min: 0.2, max: 3 };
    const controllers = this.controllers.map(({ endpoint }) => endpoint);
    return [1, 2, 3].map((nodeId) => {
      return new BrokerNode({ world, clusterId, nodeId, controllers, syncLatencyMs, plantedBugs });
    });
  }

  #createClient(name: string): KafkaClient {
    return new KafkaClient(
      this.world,
      this.brokers.map(({ endpoint }) => endpoint),
      name,
    );
  }

  #createProducer(name: string): IdempotentProducer {
    const { world, history } = this;
    const pauseMsMax = [20, 100, 400][this.#random.below(3)] ?? 100;
    const partitions = this.#partitions;
    return new IdempotentProducer({ world, client: this.#createClient(name), name, partitions, history, pauseMsMax });
  }

  /** Groups that only commit; they have their coordinators in different partitions. */
  #createCommitters(): readonly OffsetCommitter[] {
    const { world } = this;
    const commits = new CommittedOffsets(world);
    const bootstrap = this.brokers.map(({ endpoint }) => endpoint);
    const partition = { topic: 'events', partition: 0 };
    return ['group-a', 'group-b'].map((group) => {
      return new OffsetCommitter({ world, client: this.#createClient(group), group, partition, bootstrap, commits });
    });
  }

  #createTopics(): Promise<void> {
    const configs = this.#promise.topicConfig;
    const controllers = this.controllers.map(({ endpoint }) => endpoint);
    return createTopics({ world: this.world, random: this.#random, controllers }, [
      { name: 'events', partitions: this.#partitions.length, configs },
      // As a broker would create it on first use, but with the promise of this run.
      { name: OFFSETS_TOPIC, partitions: OFFSETS_PARTITIONS, configs: { ...configs, 'cleanup.policy': 'compact' } },
    ]);
  }

  /** The newest committed metadata that any controller holds. */
  #image(): MetadataImage {
    let newest = emptyImage;
    for (const { machine, controller } of this.controllers) {
      const image = machine.isRunning ? controller?.committedImage() : undefined;
      if (image !== undefined && image.provenance.offset > newest.provenance.offset) newest = image;
    }
    return newest;
  }

  async #allInSync(): Promise<void> {
    for (;;) {
      await this.#client.refresh(['events', OFFSETS_TOPIC]);
      if (
        [...this.#partitions, ...this.#offsetsPartitions].every(
          ({ topic, partition }) => this.#client.inSync(topic, partition).length === 3,
        )
      )
        return;
      await this.#client.pause(50);
    }
  }

  async #readEverything(): Promise<void> {
    for (const partition of this.#partitions) {
      this.history.concludes(partition, await readToEnd(this.world, this.#client, partition));
    }
  }

  /** R3 of the metadata log and P4 of each partition, as far as the files of running nodes go, and R5. */
  #checkState(): void {
    checkLogMatching(this.world, logsOf(this.controllers.map((node) => [node.endpoint.host, node.log()])));
    for (const partition of [...this.#partitions, ...this.#offsetsPartitions]) {
      const logs = this.brokers.map((node) => [node.endpoint.host, node.log(partition)] as const);
      checkLogMatching(this.world, logsOf(logs));
    }
    for (const node of this.brokers) {
      const image = node.image();
      if (image !== undefined) this.#checkers.truth.has(node.machine.host, image);
    }
  }

  /** P4: with nothing under way any more the replicas hold the same batches. */
  #checkReplicasEqual(): void {
    for (const partition of this.#partitions) {
      const texts = this.brokers.map((node) => JSON.stringify(node.log(partition)));
      if (new Set(texts).size === 1) continue;
      this.world.report(
        'P4 replicas equal',
        `${topicPartitionName(partition)} differs: ${texts.map((text) => text?.slice(-300)).join(' | ')}`,
      );
    }
  }
}

function logsOf<Mark>(
  logs: readonly (readonly [string, readonly Mark[] | undefined])[],
): ReadonlyMap<string, readonly Mark[]> {
  return new Map(logs.flatMap(([host, marks]) => (marks === undefined ? [] : [[host, marks] as const])));
}
