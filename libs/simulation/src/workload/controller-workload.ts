import { SUPPORTED_FEATURES } from '@milena/metadata';
import type { ControllerProgram } from '../nodes/controller-program';
import type { SimulatedQuorum } from '../nodes/simulated-quorum';
import type { World } from '../world';
import { AdminWorkload } from './admin-workload';
import { ClusterOperator } from './cluster-operator';
import { LivingBroker } from './living-broker';
import { ProducerIdBlocks } from './producer-id-blocks';
import { RollingUpgrade } from './rolling-upgrade';
import { TopicRegisterClients } from './topic-register-clients';

/** Shape of the workload. */
export interface ControllerWorkloadOptions {
  readonly world: World;
  readonly brokers: number;
}

/** Everybody who asks the controllers for something: brokers, an operator, clients, an upgrade in some runs. */
export class ControllerWorkload {
  readonly #world: World;
  readonly #brokerIds: readonly number[];
  readonly #upgrade: RollingUpgrade | undefined;
  readonly #keys: Readonly<Record<string, string>>;
  readonly #meanPauseMs: number;
  #actors: Actors | undefined;

  constructor({ world, brokers }: ControllerWorkloadOptions) {
    const random = world.random.fork('controller workload');
    this.#world = world;
    this.#brokerIds = Array.from({ length: brokers }, (_, index) => index + 1);
    const { choices } = world;
    const isUpgrade = choices.setting('rolling upgrade', random.chance(0.3), [false]);
    this.#upgrade = isUpgrade ? new RollingUpgrade(world, this.#brokerIds) : undefined;
    this.#meanPauseMs = [50, 150, 400][random.below(3)] ?? 150;
    this.#keys = {
      'min.insync.replicas': `${choices.setting('min in-sync replicas', 1 + random.below(2), [1])}`,
      'leader.imbalance.check.interval.seconds': `${choices.setting('balance every seconds', random.chance(0.5) ? 2 : 300, [300])}`,
    };
  }

  /** What a controller runs when it starts next. */
  program(host: string): ControllerProgram {
    const supportedFeatures = this.#upgrade?.featuresOf(host) ?? SUPPORTED_FEATURES;
    return { supportedFeatures, bootstrapRecords: this.#upgrade?.bootstrapRecords ?? [], keys: this.#keys };
  }

  /** Writes that were acknowledged so far. */
  get acknowledged(): number {
    if (this.#actors === undefined) return 0;
    const { admin, registers, operator, producerIds } = this.#actors;
    return admin.acknowledged + registers.known + operator.configs.acknowledged + producerIds.size;
  }

  /** Where the brokers are. */
  get hosts(): readonly string[] {
    return this.#brokerIds.map(brokerHost);
  }

  start(quorum: SimulatedQuorum): void {
    const actors = this.#createActors(quorum);
    this.#actors = actors;
    const { truth } = quorum.checkers;
    truth.watch((records, after) => {
      actors.operator.configs.committed(records);
      this.#upgrade?.committed(records, after);
    });
    for (const broker of actors.brokers) broker.start();
    void actors.admin.run();
    void actors.operator.run();
    actors.registers.start();
    this.#upgrade?.start(quorum.channel('upgrade'), quorum.nodes);
  }

  /** Nobody asks for anything new; brokers live on, and an upgrade is ended. */
  settle(): void {
    const { admin, registers, operator, brokers } = this.#running;
    admin.stop();
    registers.stop();
    operator.stop();
    this.#upgrade?.settle();
    for (const broker of brokers) broker.settle();
  }

  checkState(): void {
    this.#upgrade?.checkState();
  }

  /** A topic once everything is healed; resolves with whether it was created. */
  createAfterHealing(): Promise<boolean> {
    return this.#running.admin.create('after-healing');
  }

  /** With everything healed: what was promised is there, and nothing is left half done. */
  checkOutcome(quorum: SimulatedQuorum): void {
    const { admin, registers } = this.#running;
    const { image } = quorum.checkers.truth;
    this.#checkSettled(quorum);
    admin.checkOutcome(image);
    registers.check();
    this.#upgrade?.checkEnded(image);
  }

  /** Liveness: every broker is unfenced, every partition led, no reassignment under way. */
  #checkSettled(quorum: SimulatedQuorum): void {
    const { image } = quorum.checkers.truth;
    const report = (text: string): void => this.#world.report('L1 progress after healing', text);
    for (const id of this.#brokerIds) {
      const broker = image.broker(id);
      if (broker?.fenced !== false)
        report(`broker ${id} is ${broker === undefined ? 'not registered' : 'still fenced'}`);
    }
    for (const topic of image.topics()) {
      let index = -1;
      for (const state of topic.partitions()) {
        const { leader, addingReplicas, removingReplicas } = state;
        index += 1;
        const name = `${topic.name}-${index}`;
        if (leader < 0) report(`${name} has no leader: ${JSON.stringify(state)}`);
        if (addingReplicas.length + removingReplicas.length === 0) continue;
        report(`${name} is still adding ${addingReplicas.join(',')} and removing ${removingReplicas.join(',')}`);
      }
    }
  }

  #createActors(quorum: SimulatedQuorum): Actors {
    const world = this.#world;
    const { truth } = quorum.checkers;
    const controllers = quorum.channel('workload');
    const producerIds = new ProducerIdBlocks(world);
    const image = () => quorum.image();
    const shared = { world, clusterId: quorum.clusterId, producerIds, image, truth: () => truth.image };
    const brokers = this.#brokerIds.map((brokerId) => {
      const features = () => this.#upgrade?.featuresOf(brokerId) ?? SUPPORTED_FEATURES;
      const host = brokerHost(brokerId);
      const ownWay = quorum.channel(host, world.network.join(host).connector);
      return new LivingBroker({ ...shared, controllers: ownWay, brokerId, features });
    });
    return {
      brokers,
      producerIds,
      admin: new AdminWorkload(world, controllers, { label: 'a', meanPauseMs: this.#meanPauseMs }),
      operator: new ClusterOperator({ world, controllers, image, demands: truth.demands }),
      registers: new TopicRegisterClients(
        world,
        quorum.nodes.map(({ endpoint }) => endpoint),
        { committedEnd: () => quorum.checkers.voterChanges.committedEnd, before: (end) => truth.before(end) },
      ),
    };
  }

  get #running(): Actors {
    if (this.#actors === undefined) throw new Error('the workload was not started');
    return this.#actors;
  }
}

function brokerHost(brokerId: number): string {
  return `broker-${brokerId}`;
}

interface Actors {
  readonly admin: AdminWorkload;
  readonly registers: TopicRegisterClients;
  readonly operator: ClusterOperator;
  readonly brokers: readonly LivingBroker[];
  readonly producerIds: ProducerIdBlocks;
}
