import type { CrashMode } from '@milena/platform/testing';
import { SimulatedQuorum } from './nodes/simulated-quorum';
import type { ControllerNode } from './nodes/controller-node';
import { AdminWorkload } from './workload/admin-workload';
import { startPseudoBroker } from './workload/pseudo-broker';
import { createWorld, type World } from './world';
import type { Violation } from './violation';
import { playWorld } from './world-run';

type Run = (forMs: number) => Promise<void>;

/** What a scenario acts on. */
interface Stage {
  readonly quorum: SimulatedQuorum;
  readonly world: World;
  readonly workload: AdminWorkload;
  /** Creates so many topics at once; answers are not waited for. */
  burst(count: number): void;
  run: Run;
}

/** A course of events in which every effect of a controller is a place to crash. */
export interface CrashScenario {
  readonly name: string;
  readonly voters: number;
  readonly observers?: number;
  /** Up to the moment from which effects count. */
  setUp(stage: Stage): Promise<void>;
  /** What happens while effects count. */
  act(stage: Stage): Promise<void>;
}

/** What one run of a scenario showed. */
export interface CrashReport {
  /** Effects of controllers while the scenario acted: disk operations, ends of syncs, messages sent. */
  readonly effects: number;
  readonly violation: Violation | undefined;
}

const SEED = 4;
const SETTLE_MS = 1_500;
const RECOVERY_MS = 5_000;
const PROGRESS_MS = 2_000;

async function settled({ run }: Stage): Promise<void> {
  await run(SETTLE_MS);
}

function leaderOf({ quorum }: Stage): ControllerNode {
  return quorum.nodes.find(({ isLeading }) => isLeading) ?? (quorum.nodes[0] as ControllerNode);
}

function followerOf(stage: Stage): ControllerNode {
  const leader = leaderOf(stage);
  return stage.quorum.nodes.find((node) => node !== leader) ?? leader;
}

async function leaderChanges(stage: Stage, change: (leader: ControllerNode) => void): Promise<void> {
  change(leaderOf(stage));
  await stage.run(400);
}

/** The scenarios; each is deterministic, so that the same effect is met again in every run. */
export const CRASH_SCENARIOS: readonly CrashScenario[] = [
  { name: 'first election', voters: 3, setUp: async () => undefined, act: ({ run }) => run(300) },
  { name: 'single voter', voters: 1, setUp: settled, act: async ({ burst, run }) => (burst(4), await run(150)) },
  { name: 'append burst', voters: 3, setUp: settled, act: async ({ burst, run }) => (burst(6), await run(120)) },
  {
    name: 'election after a power cut',
    voters: 3,
    setUp: settled,
    act: (stage) => leaderChanges(stage, ({ machine }) => machine.crash('lose-unsynced')),
  },
  {
    name: 'leader resigns',
    voters: 3,
    setUp: settled,
    act: (stage) => leaderChanges(stage, ({ driver }) => driver?.resign(driver.leader().epoch)),
  },
  {
    name: 'hand-over at a stop',
    voters: 3,
    setUp: settled,
    // A crash ends the stop with it.
    act: (stage) => leaderChanges(stage, ({ driver }) => void driver?.stop().catch(() => undefined)),
  },
  {
    name: 'divergence',
    voters: 3,
    setUp: async (stage) => {
      await settled(stage);
      const { machine } = leaderOf(stage);
      for (const other of stage.quorum.nodes) {
        if (other.machine === machine) continue;
        stage.world.network.block(machine.host, other.machine.host);
        stage.world.network.block(other.machine.host, machine.host);
      }
      stage.burst(3);
      await stage.run(5_000);
      stage.burst(3);
      await stage.run(300);
    },
    act: async ({ world, run }) => {
      world.network.healAll();
      await run(700);
    },
  },
  {
    name: 'restart of a follower',
    voters: 3,
    setUp: settled,
    act: async (stage) => {
      const { machine } = followerOf(stage);
      machine.crash('keep');
      machine.start();
      await stage.run(300);
    },
  },
  {
    name: 'recovery of a torn log',
    voters: 3,
    setUp: async (stage) => {
      await settled(stage);
      stage.burst(4);
      await stage.run(6);
      followerOf(stage).machine.crash('tear');
    },
    act: async (stage) => {
      for (const { machine } of stage.quorum.nodes) machine.start();
      await stage.run(300);
    },
  },
  {
    name: 'everybody at once',
    voters: 3,
    setUp: async (stage) => {
      await settled(stage);
      stage.burst(3);
      await stage.run(5);
      for (const { machine } of stage.quorum.nodes) machine.crash('lose-unsynced');
    },
    act: async (stage) => {
      for (const { machine } of stage.quorum.nodes) machine.start();
      await stage.run(400);
    },
  },
  {
    name: 'a follower catches up',
    voters: 3,
    setUp: async (stage) => {
      await settled(stage);
      followerOf(stage).machine.crash('keep');
      stage.burst(40);
      await stage.run(400);
    },
    act: async (stage) => {
      for (const { machine } of stage.quorum.nodes) machine.start();
      await stage.run(250);
    },
  },
  {
    name: 'a zombie wakes',
    voters: 3,
    setUp: async (stage) => {
      await settled(stage);
      leaderOf(stage).machine.pause();
      await stage.run(6_000);
    },
    act: async (stage) => {
      for (const { machine } of stage.quorum.nodes) machine.resume();
      stage.burst(2);
      await stage.run(300);
    },
  },
  {
    name: 'an observer joins',
    voters: 3,
    observers: 1,
    setUp: settled,
    act: async (stage) => {
      for (const { machine } of stage.quorum.observers) {
        machine.crash('keep');
        machine.start();
      }
      await stage.run(250);
    },
  },
];

/** Plays a scenario without a crash: how many effects there are. */
export function countEffects(scenario: CrashScenario): Promise<CrashReport> {
  return play(scenario, undefined);
}

/** Plays a scenario with a crash at its effect number `at`, from 1; the effect itself is left out. */
export function playCrash(scenario: CrashScenario, at: number, mode: CrashMode): Promise<CrashReport> {
  return play(scenario, { at, mode });
}

async function play(
  scenario: CrashScenario,
  crash: { readonly at: number; readonly mode: CrashMode } | undefined,
): Promise<CrashReport> {
  const world = createWorld(SEED);
  const random = world.random.fork(scenario.name);
  const { voters, observers = 0 } = scenario;
  const shape = { voters, observers, clockErrors: false, slowDisks: false, plant: {} };
  const quorum = new SimulatedQuorum({ world, random, ...shape });
  const channel = quorum.channel('workload');
  const workload = new AdminWorkload(world, channel, { label: 'a', meanPauseMs: 50 });
  let effects = 0;
  let created = 0;
  const watch = (): void => {
    for (const machine of quorum.machines) {
      machine.watchEffects(() => {
        effects += 1;
        if (effects !== crash?.at) return;
        machine.crash(crash.mode);
        world.time.timers.after(100, () => machine.start());
      });
    }
  };
  const burst = (count: number): void => {
    for (let index = 0; index < count; index += 1) void workload.create(`topic-${created++}`);
  };
  const { violation } = await playWorld(SEED, {
    name: 'crash points',
    world,
    checkAfterEvent: () => quorum.checkAfterEvent(),
    acknowledged: () => workload.acknowledged,
    async play(run) {
      const stage: Stage = { quorum, world, workload, burst, run };
      await quorum.start();
      for (const id of [1, 2, 3]) startPseudoBroker(world, channel, quorum.clusterId, id);
      await scenario.setUp(stage);
      watch();
      await scenario.act(stage);
      for (const machine of quorum.machines) machine.watchEffects(undefined);
      world.network.healAll();
      for (const node of quorum.nodes) {
        // A driver that was stopped ends its process.
        if (scenario.name === 'hand-over at a stop') node.machine.crash('keep');
        node.machine.start();
      }
      for (const { machine } of quorum.observers) machine.start();
      await run(RECOVERY_MS);
      const end = quorum.committedEnd;
      let progressed = false;
      void workload.create('after-healing').then((outcome) => (progressed = outcome));
      await run(PROGRESS_MS);
      if (!progressed) world.violated('L1 progress after healing', 'no topic could be created within two seconds');
      quorum.checkConverged(end);
      workload.checkOutcome(quorum.checkers.truth.image);
    },
  });
  return { effects, violation };
}
