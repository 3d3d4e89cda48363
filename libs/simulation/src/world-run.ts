import type { SeedReport } from './seed-report';
import { ViolationFound } from './violation';
import type { World } from './world';

/** A run of one profile in a world. */
export interface WorldRun {
  readonly name: string;
  readonly world: World;
  /** Checks cheap enough to make after every event. */
  checkAfterEvent(): void;
  /** Everything, with faults, then healing and the demand of progress. Uses `run` to let time pass. */
  play(run: (forMs: number) => Promise<void>): Promise<void>;
  /** Writes that were acknowledged so far. */
  acknowledged(): number;
}

/** Plays a run to its end or to its first violation. */
export async function playWorld(
  seed: number,
  { name, world, checkAfterEvent, play, acknowledged }: WorldRun,
): Promise<SeedReport> {
  const advance = async (forMs: number): Promise<void> => {
    const ended = (): boolean => {
      if (world.violation === undefined) guarded(checkAfterEvent);
      return world.violation !== undefined;
    };
    const leftMs = world.choices.untilMs - world.time.nowMs();
    if (await world.time.runUntil(ended, Math.min(forMs, leftMs))) throw new ViolationFound(world.violation!);
    if (leftMs < forMs) throw new ScriptEnds();
  };
  try {
    await play(advance);
  } catch (error) {
    if (world.violation === undefined && !(error instanceof ScriptEnds)) throw error;
  }
  return {
    seed,
    profile: name,
    hash: world.hash.value,
    events: world.hash.events,
    simulatedMs: world.time.nowMs(),
    acknowledged: acknowledged(),
    marks: [...world.marks],
    violation: world.violation,
    choices: world.choices.made,
  };
}

/** Leaves a run whose script wants no more of it. */
class ScriptEnds extends Error {
  override readonly name = 'ScriptEnds';
}

/** A violation is kept by the world; the exception only left the checker. */
function guarded(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof ViolationFound)) throw error;
  }
}
