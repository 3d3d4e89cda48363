/** A fact of a choice, as JSON writes it. */
export type Fact = string | number | boolean | null | readonly Fact[];

/** Something that happens in the course of a run because the seed, or a script, says so: a fault or an operation. */
export interface Action {
  /** Virtual milliseconds since the start of the run, to the microsecond. */
  readonly atMs: number;
  /** Name of its stream: who does it. */
  readonly by: string;
  /** What is done, e.g. `crash`. */
  readonly do: string;
  readonly [fact: string]: Fact;
}

/** Something decided once per run: a size, a rate, whether a class of faults is on. */
export interface Setting {
  readonly name: string;
  readonly value: Fact;
  /** Values that make the run simpler, simplest first. */
  readonly simpler: readonly Fact[];
}

/** Everything that was decided in a run. */
export interface ChoicesMade {
  readonly settings: readonly Setting[];
  /** In order of time. */
  readonly actions: readonly Action[];
}

/** Decisions that a run takes over instead of drawing them from its seed. */
export interface Script {
  /** By name; one that is not named has its simplest value. */
  readonly settings: Readonly<Record<string, Fact>>;
  readonly actions: readonly Action[];
  /** The run ends then, without a look at the outcome; virtual milliseconds. */
  readonly untilMs?: number;
}
