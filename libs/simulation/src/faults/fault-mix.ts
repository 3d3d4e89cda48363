import type { CrashMode, SeededRandom } from '@milena/platform/testing';

/** Which faults a run has and how often; drawn from the seed, so that most runs lack some of them (swarm testing). */
export interface FaultMix {
  /** Mean pause between faults, milliseconds; 0 for a run without faults. */
  readonly meanPauseMs: number;
  readonly crashModes: readonly CrashMode[];
  readonly partitions: boolean;
  readonly resets: boolean;
  readonly lossRate: number;
  readonly slowNetwork: boolean;
  /** Power cut of a machine right after it answered a vote: when what was not synced matters most. */
  readonly crashAfterVote: boolean;
  /** Power cut of every machine at once. */
  readonly crashAll: boolean;
  /** Processes stopped for up to 20 s and woken, their timers firing in a burst. */
  readonly pauses: boolean;
  /** Share of raft's unary requests that are served twice. */
  readonly duplicateRate: number;
  /** A sync that fails: the process must stop. */
  readonly failedSyncs: boolean;
  /** A disk that fills up: the process must stop. */
  readonly fullDisks: boolean;
  /** Decay of a closed part of the log, of snapshots and of votes, at fewer voters than a majority at a time. */
  readonly bitFlips: boolean;
  /** Decay of whole sectors: zeros, or what was meant for another place. */
  readonly lostSectors: boolean;
  /** A read that fails: the process must stop, or do without. */
  readonly failedReads: boolean;
  /** A disk that ends no sync for up to ten seconds. */
  readonly stalledDisks: boolean;
  /** Wall clocks that somebody sets. */
  readonly clockJumps: boolean;
  /** Share of messages that take up to `STRAGGLER_MS_MAX`. */
  readonly stragglerRate: number;
}

/** The longest that a message of a mix takes. */
export const STRAGGLER_MS_MAX = 15_000;

/** How the clocks of a machine are off. */
export interface ClockError {
  readonly wallOffsetMs: number;
  /** How fast they run against true time. */
  readonly rate: number;
}

/** Clocks that are right. */
export const TRUE_CLOCK: ClockError = { wallOffsetMs: 0, rate: 1 };

const CRASH_MODES: readonly CrashMode[] = ['lose-unsynced', 'keep', 'tear', 'prefix'];

/** Faults that a profile's servers are not made for. */
export interface MixLimits {
  /** True leaves out pauses, duplicates and troubles of disks. */
  readonly crashesAndNetworkOnly: boolean;
}

/** Draws a mix: one run in ten has no faults, in the others each class is on in one of five to three of five. */
export function drawFaultMix(random: SeededRandom, { crashesAndNetworkOnly }: MixLimits): FaultMix {
  const quiet = random.chance(0.1);
  const machines = random.fork('troubles of machines');
  const has = (probability: number): boolean => machines.chance(probability) && !quiet && !crashesAndNetworkOnly;
  const more = random.fork('more troubles');
  const hasMore = (probability: number): boolean => more.chance(probability) && !quiet && !crashesAndNetworkOnly;
  return {
    meanPauseMs: quiet ? 0 : 100 * 2 ** random.below(4),
    crashModes: CRASH_MODES.filter(() => random.chance(0.6)),
    partitions: random.chance(0.5),
    resets: random.chance(0.5),
    lossRate: quiet || random.chance(0.5) ? 0 : 0.001 * 10 ** random.below(3),
    slowNetwork: !quiet && random.chance(0.3),
    crashAfterVote: !quiet && random.chance(0.4),
    crashAll: !quiet && random.chance(0.2),
    pauses: has(0.5),
    duplicateRate: has(0.4) ? 0.01 * 10 ** machines.below(2) : 0,
    failedSyncs: has(0.3),
    fullDisks: has(0.3),
    bitFlips: has(0.3),
    lostSectors: hasMore(0.2),
    failedReads: hasMore(0.3),
    stalledDisks: hasMore(0.3),
    clockJumps: hasMore(0.3),
    stragglerRate: hasMore(0.3) ? 0.0001 * 10 ** more.below(3) : 0,
  };
}

/** Draws a machine's clocks: most are right, some are minutes off, some run fast or slow by up to a tenth. */
export function drawClockError(random: SeededRandom): ClockError {
  const wallOffsetMs = random.chance(0.3) ? random.below(1_200_000) - 600_000 : 0;
  const drift = random.chance(0.1) ? 0.1 : random.chance(0.3) ? 0.0005 : 0;
  return { wallOffsetMs, rate: 1 + drift * (2 * random.fraction() - 1) };
}
