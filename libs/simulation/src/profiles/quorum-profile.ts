import type { SeededRandom } from '@milena/platform/testing';
import { drawFaultMix } from '../faults/fault-mix';
import { FaultInjector } from '../faults/fault-injector';
import type { Machine } from '../machine';
import { SimulatedQuorum } from '../nodes/simulated-quorum';
import { drawStorageHabits, NO_SNAPSHOTS } from '../nodes/storage-habits';
import type { Plant } from '../planted-bugs';
import type { SeedReport } from '../seed-report';
import { AdminWorkload } from '../workload/admin-workload';
import { IndexReaders } from '../workload/index-readers';
import { startPseudoBroker } from '../workload/pseudo-broker';
import { VoterOperator } from '../workload/voter-operator';
import { createWorld, type World, type WorldOptions } from '../world';
import { playWorld } from '../world-run';

const FAULTY_MS = 14_000;
const FAULTY_MS_SIMPLER = [1_000, 2_000, 4_000, 6_000, 8_000, 10_000];
const RECOVERY_MS = 6_000;
const CHECK_STATE_EVERY_MS = 2_000;

/** Settings of a run that do not come from the seed. */
export interface QuorumProfileOptions extends WorldOptions {
  readonly plant?: Plant;
}

/**
 * 1, 3, 4 or 5 production controllers and up to 3 observers, topics created and deleted through the controllers' RPCs,
 * faults for 14 simulated seconds, then 6 seconds in which everything must come back: one leader, a write accepted, equal
 * images, nothing acknowledged lost.
 */
export async function runQuorumSeed(seed: number, options: QuorumProfileOptions = {}): Promise<SeedReport> {
  const world = createWorld(seed, options);
  const random = world.random.fork('quorum profile');
  const { choices } = world;
  const mix = drawFaultMix(random, { crashesAndNetworkOnly: false });
  const clockErrors = mix.meanPauseMs > 0 && random.chance(0.4);
  const habits = drawStorageHabits(world);
  const voting = drawVoting(world, random);
  // Nothing but the servers' own randomness tells the machines apart: they start, send and sync in the same moments.
  const isEven = choices.setting('even machines', mix.meanPauseMs === 0 && random.chance(0.5), [false]);
  if (isEven) world.network.setLatency({ min: 1, max: 1 });
  const quorum = new SimulatedQuorum({
    world,
    random,
    ...voting,
    observers: choices.setting('observers', [0, 0, 1, 1, 2, 3][random.below(6)]!, [0, 1]),
    clockErrors: choices.setting('clock errors', clockErrors, [false]),
    slowDisks: choices.setting('slow disks', random.chance(0.4), [false]),
    equalDisks: isEven,
    habits,
    plant: options.plant ?? {},
  });
  const controllers = quorum.channel('workload');
  const meanPauseMs = [25, 50, 100, 300][random.below(4)]!;
  const workloads = ['a', 'b'].map((label) => new AdminWorkload(world, controllers, { label, meanPauseMs }));
  const readers = drawReaders(world, quorum);
  const changesVoters = voting.joiners > 0;
  const operatorPauseMs = 200 * 2 ** random.below(4);
  const operator = new VoterOperator({ world, quorum, controllers, changesVoters, meanPauseMs: operatorPauseMs });
  const { machines } = quorum;
  const mayDecay = (machine: Machine): boolean => operator.bears(machine);
  const leader = () => quorum.leader;
  const faults = new FaultInjector({ world, machines, fragile: machines, mayDecay, leader }, mix);
  const faultyMs = choices.setting('faulty ms', FAULTY_MS, FAULTY_MS_SIMPLER);

  return playWorld(seed, {
    name: 'quorum',
    world,
    checkAfterEvent: () => quorum.checkAfterEvent(),
    acknowledged: () => workloads.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    async play(run) {
      await quorum.start();
      for (const id of [1, 2, 3]) startPseudoBroker(world, controllers, quorum.clusterId, id);
      for (const workload of workloads) void workload.run();
      readers.start();
      if (changesVoters || voting.isStatic || habits !== NO_SNAPSHOTS || mix.bitFlips) void operator.run();
      faults.start();
      for (let passedMs = 0; passedMs < faultyMs; passedMs += CHECK_STATE_EVERY_MS) {
        await run(Math.min(CHECK_STATE_EVERY_MS, faultyMs - passedMs));
        quorum.checkState();
        if (mix.meanPauseMs === 0 && quorum.checkers.electionSafety.epochs === 0)
          world.report('L2 one leader without faults', 'nobody was elected in two seconds');
      }
      faults.heal();
      operator.stop();
      readers.stop();
      for (const workload of workloads) workload.stop();
      void operator.makeWhole();
      await run(RECOVERY_MS - 2_000);
      const end = quorum.committedEnd;
      await demandProgress(world, { workload: workloads[0]!, operator: changesVoters ? operator : undefined, run });
      quorum.checkConverged(end);
      for (const workload of workloads) workload.checkOutcome(quorum.checkers.truth.image);
    },
  });
}

/** Who votes, and how that is known. */
function drawVoting({ choices }: World, random: SeededRandom) {
  const joiners = choices.setting('joiners', [0, 0, 0, 1, 2][random.below(5)]!, [0, 1]);
  return {
    joiners,
    voters: choices.setting('voters', [1, 3, 3, 3, 3, 4, 5, 5][random.below(8)]!, [1, 3, 4]),
    autoJoin: choices.setting('joins by itself', joiners > 0 && random.chance(0.3), [false]),
    isStatic: choices.setting('static voters', joiners === 0 && random.chance(0.2), [false]),
  };
}

/** Three runs of four have readers. */
function drawReaders(world: World, quorum: SimulatedQuorum): IndexReaders {
  const random = world.random.fork('how many readers');
  return new IndexReaders({
    world,
    controllers: quorum.nodes.map(({ endpoint }) => endpoint),
    readers: world.choices.setting('readers', [0, 1, 1, 2][random.below(4)] ?? 0, [0, 1]),
    meanPauseMs: [25, 100, 300][random.below(3)] ?? 100,
    committedEnd: () => quorum.checkers.voterChanges.committedEnd,
  });
}

/** Asks again when refused, as a client does: a controller that just took over may know of no broker yet that lives. */
async function createOnce(world: World, workload: AdminWorkload): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (await workload.create(attempt === 0 ? 'after-healing' : `after-healing-${attempt}`)) return true;
    await new Promise<void>((resolve) => world.time.timers.after(100, resolve));
  }
  return false;
}

/** Liveness: with everything healed a write succeeds within two seconds, and a change of the voters where they change. */
async function demandProgress(
  world: World,
  {
    workload,
    operator,
    run,
  }: { workload: AdminWorkload; operator: VoterOperator | undefined; run: (forMs: number) => Promise<void> },
): Promise<void> {
  let created = false;
  let changed = operator === undefined;
  void createOnce(world, workload).then((outcome) => (created = outcome));
  void operator?.changeOnce().then((outcome) => (changed = outcome));
  await run(2_000);
  if (!created) world.violated('L1 progress after healing', 'no topic could be created within two seconds');
  if (!changed) world.violated('L1 progress after healing', 'the voters could not be changed within two seconds');
}
