import { drawFaultMix } from '../fault-mix';
import { FaultInjector } from '../faults';
import { SimulatedQuorum } from '../nodes/simulated-quorum';
import type { Plant } from '../planted-bugs';
import type { SeedReport } from '../seed-report';
import { AdminWorkload } from '../workload/admin-workload';
import { LivingBroker } from '../workload/living-broker';
import { TopicRegisterClients } from '../workload/topic-register-clients';
import { createWorld, type WorldOptions } from '../world';
import { playWorld } from '../world-run';

const FAULTY_MS = 13_000;
const FAULTY_MS_SIMPLER = [1_000, 2_000, 4_000, 6_000, 8_000, 10_000];
const RECOVERY_MS = 5_000;
const PROGRESS_MS = 2_000;
const CHECK_STATE_EVERY_MS = 1_000;

/** Settings of a run that do not come from the seed. */
export interface ControllerProfileOptions extends WorldOptions {
  readonly plant?: Plant;
}

/**
 * 3 production controllers, 3 to 5 brokers that live and die as the controller sees them, topics created and deleted, and a
 * history of names that must be linearizable; 13 simulated seconds of faults, then healing: one active controller, every
 * broker unfenced, every partition led, a write accepted.
 */
export async function runControllerSeed(seed: number, options: ControllerProfileOptions = {}): Promise<SeedReport> {
  const world = createWorld(seed, options);
  const random = world.random.fork('controller profile');
  const { choices } = world;
  const mix = drawFaultMix(random, { crashesAndNetworkOnly: false });
  const clockErrors = mix.meanPauseMs > 0 && random.chance(0.2);
  const quorum = new SimulatedQuorum({
    world,
    random,
    voters: 3,
    observers: choices.setting('observers', random.below(2), [0]),
    clockErrors: choices.setting('clock errors', clockErrors, [false]),
    slowDisks: choices.setting('slow disks', random.chance(0.3), [false]),
    plant: options.plant ?? {},
  });
  const controllers = quorum.channel('workload');
  const admin = new AdminWorkload(world, controllers, { label: 'a', meanPauseMs: [50, 150, 400][random.below(3)]! });
  const registers = new TopicRegisterClients(
    world,
    quorum.nodes.map(({ endpoint }) => endpoint),
  );
  const brokers = Array.from({ length: choices.setting('brokers', 3 + random.below(3), [3, 4]) }, (_, index) => {
    const { clusterId } = quorum;
    return new LivingBroker({ world, controllers, clusterId, brokerId: index + 1, image: () => quorum.image() });
  });
  const faults = new FaultInjector({ world, machines: quorum.machines }, mix);
  const faultyMs = choices.setting('faulty ms', FAULTY_MS, FAULTY_MS_SIMPLER);

  return playWorld(seed, {
    name: 'controller',
    world,
    checkAfterEvent: () => quorum.checkAfterEvent(),
    acknowledged: () => admin.acknowledged + registers.known,
    async play(run) {
      await quorum.start();
      for (const broker of brokers) broker.start();
      void admin.run();
      registers.start();
      faults.start();
      for (let passedMs = 0; passedMs < faultyMs; passedMs += CHECK_STATE_EVERY_MS) {
        await run(Math.min(CHECK_STATE_EVERY_MS, faultyMs - passedMs));
        quorum.checkState();
      }
      faults.heal();
      admin.stop();
      registers.stop();
      for (const broker of brokers) broker.settle();
      await run(RECOVERY_MS);
      const end = quorum.committedEnd;
      let created = false;
      void admin.create('after-healing').then((outcome) => (created = outcome));
      await run(PROGRESS_MS);
      if (!created) world.violated('L1 progress after healing', 'no topic could be created within two seconds');
      quorum.checkConverged(end);
      quorum.checkOneActive();
      checkBrokers(quorum, world);
      admin.checkOutcome(quorum.checkers.truth.image);
      registers.check();
    },
  });
}

/** Liveness: every broker is unfenced, and every partition with an in-sync replica has a leader. */
function checkBrokers(quorum: SimulatedQuorum, world: ReturnType<typeof createWorld>): void {
  const { image } = quorum.checkers.truth;
  for (const { id, fenced } of image.brokers()) {
    if (fenced) world.report('L1 progress after healing', `broker ${id} is still fenced`);
  }
  for (const topic of image.topics()) {
    for (let index = 0; index < topic.partitionCount; index += 1) {
      const state = topic.partition(index);
      if (state === undefined || state.leader >= 0) continue;
      const sets = `isr ${state.isr.join(',')} elr ${state.elr.join(',')}`;
      world.report('L1 progress after healing', `${topic.name}-${index} has no leader: ${sets}`);
    }
  }
}
