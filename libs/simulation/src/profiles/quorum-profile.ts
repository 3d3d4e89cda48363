import { drawFaultMix } from '../fault-mix';
import { FaultInjector } from '../faults';
import { SimulatedQuorum } from '../nodes/simulated-quorum';
import type { Plant } from '../planted-bugs';
import type { SeedReport } from '../seed-report';
import { AdminWorkload } from '../workload/admin-workload';
import { startPseudoBroker } from '../workload/pseudo-broker';
import { createWorld, type World } from '../world';
import type { LogSink } from '../world-log';
import { playWorld } from '../world-run';

const FAULTY_MS = 14_000;
const RECOVERY_MS = 6_000;
const CHECK_STATE_EVERY_MS = 2_000;

/** Settings of a run that do not come from the seed. */
export interface QuorumProfileOptions {
  readonly plant?: Plant;
  /** Sees what the nodes log. */
  readonly onLog?: LogSink;
}

/**
 * 1, 3, 4 or 5 production controllers and up to 3 observers, topics created and deleted through the controllers' RPCs,
 * faults for 14 simulated seconds, then 6 seconds in which everything must come back: one leader, a write accepted, equal
 * images, nothing acknowledged lost.
 */
export async function runQuorumSeed(seed: number, options: QuorumProfileOptions = {}): Promise<SeedReport> {
  const world = createWorld(seed, options.onLog);
  const random = world.random.fork('quorum profile');
  const mix = drawFaultMix(random, { crashesAndNetworkOnly: false });
  const quorum = new SimulatedQuorum({
    world,
    random,
    voters: [1, 3, 3, 3, 3, 4, 5, 5][random.below(8)]!,
    observers: [0, 0, 1, 1, 2, 3][random.below(6)]!,
    clockErrors: mix.meanPauseMs > 0 && random.chance(0.4),
    slowDisks: random.chance(0.4),
    plant: options.plant ?? {},
  });
  const controllers = quorum.channel('workload');
  const meanPauseMs = [25, 50, 100, 300][random.below(4)]!;
  const workloads = ['a', 'b'].map((label) => new AdminWorkload(world, controllers, { label, meanPauseMs }));
  const faults = new FaultInjector({ world, machines: quorum.machines }, mix);

  return playWorld(seed, {
    name: 'quorum',
    world,
    checkAfterEvent: () => quorum.checkAfterEvent(),
    acknowledged: () => workloads.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    async play(run) {
      await quorum.start();
      for (const id of [1, 2, 3]) startPseudoBroker(world, controllers, quorum.clusterId, id);
      for (const workload of workloads) void workload.run();
      faults.start();
      for (let passedMs = 0; passedMs < FAULTY_MS; passedMs += CHECK_STATE_EVERY_MS) {
        await run(CHECK_STATE_EVERY_MS);
        quorum.checkState();
      }
      faults.heal();
      for (const workload of workloads) workload.stop();
      await run(RECOVERY_MS - 2_000);
      const end = quorum.committedEnd;
      await demandProgress(world, workloads[0]!, run);
      quorum.checkConverged(end);
      for (const workload of workloads) workload.checkOutcome(quorum.checkers.truth.image);
    },
  });
}

/** Liveness: with everything healed a write succeeds within two seconds. */
async function demandProgress(
  world: World,
  workload: AdminWorkload,
  run: (forMs: number) => Promise<void>,
): Promise<void> {
  let created = false;
  void workload.create('after-healing').then((outcome) => (created = outcome));
  await run(2_000);
  if (!created) world.violated('L1 progress after healing', 'no topic could be created within two seconds');
}
