import type { Action, ChoicesMade, Fact, Script, Setting } from '../choices/script';
import type { SeedReport } from '../seed-report';
import type { Violation } from '../violation';
import { minimizeList } from './minimize-list';

/** What a candidate's run must tell. */
export type ScenarioRun = Pick<SeedReport, 'seed' | 'violation' | 'choices'>;

/** A run that failed. */
export interface FailedRun extends ScenarioRun {
  readonly violation: Violation;
}

/** How the search runs candidates and when it gives up. */
export interface ShrinkOptions {
  /** Plays a script; `seed` decides the luck that is no choice: latencies, ids, election timeouts. */
  play(seed: number, script: Script): Promise<ScenarioRun>;
  /** Whether the time for it has passed. */
  isOver(): boolean;
  /**
   * How many other seeds a candidate may try: what was left out changes the timing of everything after it, and with it
   * whether the same story meets the defect. 2 unless said otherwise.
   */
  readonly otherSeeds?: number;
}

/** The smallest failing run that was found. */
export interface Shrunk {
  readonly run: FailedRun;
  /** As a script it gives this run again. */
  readonly script: Script;
  /** Runs that the search took. */
  readonly runs: number;
}

/** How long after the moment of the violation a candidate may still meet it. */
const SLACK_MS = 1_000;

/** Choices that a reader has to look at: actions, and settings that are not at their simplest. */
export function countChoices({ settings, actions }: ChoicesMade): number {
  return actions.length + settings.filter((setting) => setting.simpler.length > 0 && !isSimplest(setting)).length;
}

/** A run's choices as a script; settings at their simplest need no mention. */
export function scriptOf({ settings, actions }: ChoicesMade): Script {
  const told = settings.filter((setting) => !isSimplest(setting));
  return { settings: Object.fromEntries(told.map(({ name, value }) => [name, value])), actions };
}

function isSimplest({ value, simpler }: Setting): boolean {
  return value === simpler[0];
}

/**
 * Looks for a smaller run with the same broken invariant: whole classes of actions left out, settings at simpler
 * values, then pieces of the list left out, until nothing more can be left out or the time is over. Every candidate is a whole run.
 */
export async function shrinkScenario(failed: FailedRun, options: ShrinkOptions): Promise<Shrunk> {
  const search = new Search(failed, options);
  let before = Infinity;
  while (search.size < before && !options.isOver()) {
    before = search.size;
    await search.dropClasses();
    await search.simplifySettings();
    await search.dropActions();
  }
  return search.found;
}

class Search {
  #best: FailedRun;
  #untilMs: number;
  #runs = 0;

  constructor(
    failed: FailedRun,
    private readonly options: ShrinkOptions,
  ) {
    this.#best = failed;
    this.#untilMs = latestMs(failed.violation);
  }

  get found(): Shrunk {
    return { run: this.#best, script: this.#script({}), runs: this.#runs };
  }

  get size(): number {
    return countChoices(this.#best.choices);
  }

  /** Each setting at the simplest value with which the run still fails. */
  async simplifySettings(): Promise<void> {
    for (const { name } of this.#best.choices.settings) {
      for (const value of simplerValues(this.#best.choices.settings, name)) {
        if (this.options.isOver()) return;
        if (await this.#fails({ settings: { [name]: value } })) break;
      }
    }
  }

  /** Everything that one actor does of one kind at once, or all of several. */
  async dropClasses(): Promise<void> {
    const attempt = async (names: readonly string[]): Promise<readonly string[] | undefined> => {
      const actions = this.#best.choices.actions.filter((action) => names.includes(classOf(action)));
      return (await this.#fails({ actions })) ? this.#classes() : undefined;
    };
    await minimizeList(this.#classes(), attempt, this.options.isOver);
  }

  /** Pieces of what each actor does, in the end action by action. */
  async dropActions(): Promise<void> {
    const byActor = (): readonly Action[] =>
      this.#best.choices.actions.toSorted((left, right) => compare(left.by, right.by));
    const attempt = async (actions: readonly Action[]): Promise<readonly Action[] | undefined> =>
      (await this.#fails({ actions })) ? byActor() : undefined;
    await minimizeList(byActor(), attempt, this.options.isOver);
  }

  /** The most frequent last, because these are tried first. */
  #classes(): readonly string[] {
    const classes = new Map<string, number>();
    for (const action of this.#best.choices.actions) {
      const name = classOf(action);
      classes.set(name, (classes.get(name) ?? 0) + 1);
    }
    return [...classes].toSorted(([, left], [, right]) => left - right).map(([name]) => name);
  }

  /** Whether the run still fails with these changes; when it does they stay. */
  async #fails(change: Partial<Script>): Promise<boolean> {
    const script = this.#script(change);
    const { seed, violation } = this.#best;
    for (let other = 0; other <= (this.options.otherSeeds ?? 2); other += 1) {
      if (other > 0 && this.options.isOver()) return false;
      this.#runs += 1;
      const run = await this.options.play(seed + other, script);
      if (run.violation?.invariant !== violation.invariant) continue;
      this.#best = { ...run, violation: run.violation };
      this.#untilMs = Math.min(this.#untilMs, latestMs(run.violation));
      return true;
    }
    return false;
  }

  #script({ settings = {}, actions }: Partial<Script>): Script {
    const whole = scriptOf(this.#best.choices);
    return {
      settings: { ...whole.settings, ...settings },
      untilMs: this.#untilMs,
      actions: (actions ?? whole.actions).toSorted((left, right) => left.atMs - right.atMs),
    };
  }
}

function latestMs({ atMs }: Violation): number {
  return Math.ceil(atMs) + SLACK_MS;
}

function simplerValues(settings: readonly Setting[], name: string): readonly Fact[] {
  const setting = settings.find((each) => each.name === name);
  if (setting === undefined) return [];
  const at = setting.simpler.indexOf(setting.value);
  return at < 0 ? setting.simpler : setting.simpler.slice(0, at);
}

function classOf({ by, do: what }: Action): string {
  return `${by}: ${what}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
