import type { Script } from './choices/script';
import type { LogSink } from './world-log';
import { PLANTED_BUGS, type Plant, type PlantedBug } from './planted-bugs';
import { runClusterSeed } from './profiles/cluster-profile';
import { runControllerSeed } from './profiles/controller-profile';
import { runQuorumSeed } from './profiles/quorum-profile';
import type { SeedReport } from './seed-report';
import type { WorldOptions } from './world';

/** Settings of one seed's run besides the seed. */
export interface RunOptions {
  /** Name of a planted bug. */
  readonly plantedBug?: PlantedBug['bug'];
  /** Sees what the nodes log. */
  readonly onLog?: LogSink;
  /** Decisions to take over; the seed draws them all unless given. */
  readonly script?: Script;
}

/** What a profile gets besides the seed. */
interface ProfileOptions extends WorldOptions {
  readonly plant?: Plant;
}

/** A kind of cluster with its workload, faults and checkers. */
export interface Profile {
  readonly name: 'quorum' | 'controller' | 'cluster';
  run(seed: number, options?: RunOptions): Promise<SeedReport>;
}

/** The profiles, smallest first. */
export const PROFILES: readonly Profile[] = [
  profile('quorum', runQuorumSeed),
  profile('controller', runControllerSeed),
  profile('cluster', runClusterSeed),
];

function profile(name: Profile['name'], play: (seed: number, options: ProfileOptions) => Promise<SeedReport>): Profile {
  return {
    name,
    run: (seed, { plantedBug, ...options } = {}) => {
      const planted = PLANTED_BUGS.find(({ bug }) => bug === plantedBug);
      if (plantedBug !== undefined && planted === undefined) throw new Error(`no planted bug ${plantedBug}`);
      return play(seed, { ...options, ...(planted && { plant: planted.plant }) });
    },
  };
}
