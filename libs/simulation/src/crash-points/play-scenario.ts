import type { CrashMode } from '@milena/platform/testing';
import type { Machine } from '../machine';
import { SimulatedQuorum } from '../nodes/simulated-quorum';
import type { SeedReport } from '../seed-report';
import { AdminWorkload } from '../workload/admin-workload';
import { ControllerWorkload } from '../workload/controller-workload';
import { startPseudoBroker } from '../workload/pseudo-broker';
import { createWorld, type World, type WorldOptions } from '../world';
import { playWorld } from '../world-run';
import type { CrashScenario, Stage } from './scenario';

/** What one run of a scenario showed. */
export interface CrashReport extends Pick<SeedReport, 'marks' | 'violation'> {
  /** Effects of controllers while the scenario acted: disk operations, ends of syncs, messages sent. */
  readonly effects: number;
}

/** Where a scenario is broken off. */
export interface CrashPoint {
  /** Number of an effect, from 1; the effect itself is left out. */
  readonly at: number;
  readonly mode: CrashMode;
}

/** A change that a scenario asked for. */
interface Change {
  readonly what: string;
  ask(): Promise<boolean>;
}

/** What is there before a scenario begins. */
type Scene = Omit<Stage, 'run'> & { readonly changes: readonly Change[] };

const SEED = 4;
const DOWN_MS = 100;
const RECOVERY_MS = 5_000;
const PROGRESS_MS = 2_000;
const ASK_PAUSE_MS = 100;

/** Plays a scenario, without a crash unless one is given, heals everything, and demands what must hold then. */
export async function playScenario(
  scenario: CrashScenario,
  crash: CrashPoint | undefined,
  { onLog }: Pick<WorldOptions, 'onLog'> = {},
): Promise<CrashReport> {
  const script = scenario.cluster && { settings: {}, actions: scenario.cluster.actions };
  const world = createWorld(SEED, { ...(onLog && { onLog }), ...(script && { script }) });
  const scene = createScene(world, scenario);
  const { quorum, workload } = scene;
  const effects = new Effects(world, quorum.machines, crash);
  const { marks, violation } = await playWorld(SEED, {
    name: 'crash points',
    world,
    checkAfterEvent: () => quorum.checkAfterEvent(),
    acknowledged: () => workload.acknowledged,
    async play(run) {
      const stage: Stage = { ...scene, run };
      await quorum.start();
      startBrokers(stage);
      await scenario.setUp(stage);
      effects.watch();
      await scenario.act(stage);
      effects.ignore();
      quorum.checkState();
      heal(stage, scenario);
      await run(RECOVERY_MS);
      const end = quorum.committedEnd;
      await demandProgress(stage, scene.changes);
      quorum.checkConverged(end);
      workload.checkOutcome(quorum.checkers.truth.image);
      scene.cluster?.checkOutcome(quorum);
    },
  });
  return { effects: effects.count, marks, violation };
}

function createScene(world: World, scenario: CrashScenario): Scene {
  const random = world.random.fork(scenario.name);
  const cluster = scenario.cluster && new ControllerWorkload({ world, brokers: scenario.cluster.brokers });
  const quorum = new SimulatedQuorum({
    world,
    random,
    observers: 0,
    clockErrors: false,
    slowDisks: false,
    plant: {},
    program: cluster && ((host) => cluster.program(host)),
    ...scenario.quorum,
  });
  const controllers = quorum.channel('workload');
  const workload = new AdminWorkload(world, controllers, { label: 'a', meanPauseMs: 50 });
  const changes: Change[] = [];
  let created = 0;
  const burst = (count: number): void => {
    for (let index = 0; index < count; index += 1) void workload.create(`topic-${created++}`);
  };
  const change = (what: string, ask: () => Promise<boolean>): void => {
    changes.push({ what, ask });
    void ask();
  };
  return { world, quorum, controllers, workload, cluster, changes, burst, change };
}

function startBrokers({ world, quorum, controllers, cluster }: Stage): void {
  if (cluster !== undefined) return cluster.start(quorum);
  for (const id of [1, 2, 3]) startPseudoBroker(world, controllers, quorum.clusterId, id);
}

function heal({ world, quorum, cluster }: Stage, { stopsDrivers }: CrashScenario): void {
  world.network.healAll();
  for (const { machine } of quorum.nodes) {
    if (stopsDrivers === true) machine.crash('keep');
    machine.start();
  }
  for (const { machine } of quorum.observers) machine.start();
  cluster?.settle();
}

/** Liveness: with everything healed a topic is created and every change done within two seconds. */
async function demandProgress({ world, workload, run }: Stage, changes: readonly Change[]): Promise<void> {
  let isCreated = false;
  void workload.create('after-healing').then((outcome) => (isCreated = outcome));
  const undone = new Set(changes.map(({ what }) => what));
  for (const { what, ask } of changes) void askUntilDone(world, ask).then(() => undone.delete(what));
  await run(PROGRESS_MS);
  const report = (text: string): void => world.report('L1 progress after healing', text);
  if (!isCreated) report('no topic could be created within two seconds');
  for (const what of undone) report(`${what} was not done within two seconds`);
}

async function askUntilDone({ time }: World, ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise<void>((resolve) => time.timers.after(ASK_PAUSE_MS, resolve));
}

/** Numbers the effects of machines, and crashes a machine at one of them. */
class Effects {
  count = 0;

  constructor(
    private readonly world: World,
    private readonly machines: readonly Machine[],
    private readonly crash: CrashPoint | undefined,
  ) {}

  watch(): void {
    for (const machine of this.machines) machine.watchEffects(() => this.#take(machine));
  }

  ignore(): void {
    for (const machine of this.machines) machine.watchEffects(undefined);
  }

  #take(machine: Machine): void {
    // The dead do nothing: what a process that caught the error goes on to do in the same event fails as well.
    if (!machine.isRunning) return machine.disk.crash('keep');
    this.count += 1;
    if (this.crash === undefined || this.count !== this.crash.at) return;
    machine.crash(this.crash.mode);
    this.world.time.timers.after(DOWN_MS, () => machine.start());
  }
}
