import { PROFILES, type Profile } from '../profiles';
import type { Action, Fact, Script } from '../choices/script';
import type { PlantedBug } from '../planted-bugs';

/** A run without anything drawn but luck, as a file holds it. */
export interface Scenario {
  readonly profile: Profile['name'];
  /** Decides the luck: latencies, ids, election timeouts. */
  readonly seed: number;
  readonly plantedBug?: PlantedBug['bug'];
  /** What is expected to break. */
  readonly invariant: string;
  readonly script: Script;
}

/** Reads a scenario from JSON. Throws an error that names what is wrong with it. */
export function parseScenario(text: string): Scenario {
  const value = JSON.parse(text) as Record<string, unknown>;
  const { profile, seed, plantedBug, invariant } = value;
  const name = PROFILES.find((each) => each.name === profile)?.name;
  demand(name !== undefined, 'profile');
  demand(typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0, 'seed');
  demand(plantedBug === undefined || typeof plantedBug === 'string', 'plantedBug');
  demand(typeof invariant === 'string', 'invariant');
  return {
    profile: name,
    seed,
    invariant,
    ...(plantedBug !== undefined && { plantedBug }),
    script: scriptIn(value['script']),
  };
}

/** A scenario as JSON, one line per action. */
export function formatScenario({ script, ...scenario }: Scenario): string {
  const { actions, ...rest } = script;
  const lines = actions.map((action) => `    ${JSON.stringify(action)}`);
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  const head = Object.entries(scenario).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  const tail = Object.entries(rest).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  return `{\n${[...head].map((line) => `  ${line},`).join('\n')}\n  "script": {${[...tail, `"actions": ${list}`].join(', ')}}\n}\n`;
}

function scriptIn(value: unknown): Script {
  demand(isObject(value), 'script');
  const { settings, actions, untilMs } = value;
  demand(isObject(settings) && Object.values(settings).every((each) => isFact(each)), 'script.settings');
  demand(Array.isArray(actions) && actions.every(isAction), 'script.actions');
  demand(untilMs === undefined || typeof untilMs === 'number', 'script.untilMs');
  return { settings: settings as Record<string, Fact>, actions, ...(untilMs !== undefined && { untilMs }) };
}

function isAction(value: unknown): value is Action {
  if (!isObject(value) || !Object.values(value).every((each) => isFact(each))) return false;
  return typeof value['atMs'] === 'number' && typeof value['by'] === 'string' && typeof value['do'] === 'string';
}

function isFact(value: unknown): value is Fact {
  if (Array.isArray(value)) return value.every((each) => isFact(each));
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the scenario's ${what} is missing or of the wrong kind`);
}
