import { drawFaultMix } from '../faults/fault-mix';
import { FaultInjector } from '../faults/fault-injector';
import { SimulatedQuorum } from '../nodes/simulated-quorum';
import { drawStorageHabits } from '../nodes/storage-habits';
import type { Plant } from '../planted-bugs';
import type { SeedReport } from '../seed-report';
import { ControllerWorkload } from '../workload/controller-workload';
import { VoterOperator } from '../workload/voter-operator';
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
 * 3 production controllers, 3 to 5 brokers that live and die as the controller sees them, an operator who moves replicas,
 * holds elections and changes configuration, topics created and deleted, histories that must be linearizable, in some runs
 * a rolling upgrade; 13 simulated seconds of faults, then healing: one active controller, every broker unfenced, every
 * partition led, every reassignment ended, a write accepted.
 */
export async function runControllerSeed(seed: number, options: ControllerProfileOptions = {}): Promise<SeedReport> {
  const world = createWorld(seed, options);
  const random = world.random.fork('controller profile');
  const { choices } = world;
  const mix = drawFaultMix(random, { crashesAndNetworkOnly: false });
  const clockErrors = mix.meanPauseMs > 0 && random.chance(0.2);
  const brokers = choices.setting('brokers', 3 + random.below(3), [3, 4]);
  const workload = new ControllerWorkload({ world, brokers });
  const quorum = new SimulatedQuorum({
    world,
    random,
    voters: 3,
    observers: choices.setting('observers', random.below(2), [0]),
    clockErrors: choices.setting('clock errors', clockErrors, [false]),
    slowDisks: choices.setting('slow disks', random.chance(0.3), [false]),
    habits: drawStorageHabits(world),
    plant: options.plant ?? {},
    program: (host) => workload.program(host),
  });
  const { machines } = quorum;
  const controllers = quorum.channel('operator of disks');
  const operator = new VoterOperator({ world, quorum, controllers, changesVoters: false, meanPauseMs: 400 });
  const faults = new FaultInjector(
    {
      world,
      machines,
      hosts: [...machines.map(({ host }) => host), ...workload.hosts],
      fragile: machines,
      mayDecay: (machine) => operator.bears(machine),
      leader: () => quorum.leader,
    },
    mix,
  );
  const faultyMs = choices.setting('faulty ms', FAULTY_MS, FAULTY_MS_SIMPLER);

  return playWorld(seed, {
    name: 'controller',
    world,
    checkAfterEvent: () => quorum.checkAfterEvent(),
    acknowledged: () => workload.acknowledged,
    async play(run) {
      await quorum.start();
      workload.start(quorum);
      void operator.run();
      faults.start();
      for (let passedMs = 0; passedMs < faultyMs; passedMs += CHECK_STATE_EVERY_MS) {
        await run(Math.min(CHECK_STATE_EVERY_MS, faultyMs - passedMs));
        quorum.checkState();
        workload.checkState();
      }
      faults.heal();
      operator.stop();
      void operator.makeWhole();
      workload.settle();
      await run(RECOVERY_MS);
      const end = quorum.committedEnd;
      let created = false;
      void workload.createAfterHealing().then((outcome) => (created = outcome));
      await run(PROGRESS_MS);
      if (!created) world.violated('L1 progress after healing', 'no topic could be created within two seconds');
      quorum.checkConverged(end);
      workload.checkOutcome(quorum);
    },
  });
}
