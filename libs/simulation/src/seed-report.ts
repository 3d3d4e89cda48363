import type { ChoicesMade } from './choices/script';
import type { RareState } from './rare-states';
import type { Violation } from './violation';

/** What one seed showed. */
export interface SeedReport {
  readonly seed: number;
  readonly profile: string;
  /** Hash of everything that happened; equal for equal seeds. */
  readonly hash: string;
  /** Messages delivered, crashes and starts. */
  readonly events: number;
  readonly simulatedMs: number;
  /** Writes that clients were told are done: a run without any proves little. */
  readonly acknowledged: number;
  /** Rare states that were reached. */
  readonly marks: readonly RareState[];
  readonly violation: Violation | undefined;
  /** What was decided: as a script for the same seed it gives the same run. */
  readonly choices: ChoicesMade;
}
