import type { VirtualTime } from '@milena/platform/testing';
import { drawnStream, scriptedStream, type ChoiceStream } from './choice-stream';
import type { Action, ChoicesMade, Script, Setting } from './script';

/**
 * What a run decides, by name. With a script it draws nothing, so that leaving out one action changes nothing about the
 * others; what the seed still decides then is luck only: latencies, ids, election timeouts.
 */
export class Choices {
  readonly #settings: Setting[] = [];
  readonly #actions: Action[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly script: Script | undefined,
  ) {}

  /** Everything decided so far. */
  get made(): ChoicesMade {
    return { settings: [...this.#settings], actions: [...this.#actions] };
  }

  /** When the script wants the run to end. */
  get untilMs(): number {
    return this.script?.untilMs ?? Infinity;
  }

  /** What the seed drew, or what the script says instead. `simpler`: values to try when shrinking, simplest first. */
  setting<T extends string | number | boolean>(name: string, drawn: T, simpler: readonly T[]): T {
    const value = this.script === undefined ? drawn : (this.script.settings[name] ?? simpler[0] ?? drawn);
    if (typeof value !== typeof drawn)
      throw new Error(`the script's ${name} is a ${typeof value}, not a ${typeof drawn}`);
    this.#settings.push({ name, value, simpler });
    return value as T;
  }

  /** The actions of the actor with this name. */
  stream<A extends { readonly do: string }>(by: string): ChoiceStream<A> {
    const record = (atMs: number, action: A): void => void this.#actions.push({ atMs, by, ...action });
    if (this.script === undefined) return drawnStream(this.time, record);
    const own = this.script.actions.filter((action) => action.by === by);
    const inOrder = own.toSorted((left, right) => left.atMs - right.atMs);
    return scriptedStream(this.time, record, inOrder);
  }
}
