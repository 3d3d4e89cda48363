import type { MetadataRecord } from '@milena/metadata';
import type { World } from '../world';

type Fate = 'asked' | 'acknowledged' | 'nothing done' | 'unknown';

/**
 * Linearizability of configuration, looked at from inside: each value is set once, so the log says when it took effect.
 * What was acknowledged took effect between question and answer; what surely did nothing never takes effect.
 */
export class ConfigHistory {
  readonly #fates = new Map<string, Fate>();
  readonly #committed = new Set<string>();

  constructor(private readonly world: World) {}

  /** Sets that were acknowledged. */
  get acknowledged(): number {
    return [...this.#fates.values()].filter((fate) => fate === 'acknowledged').length;
  }

  /** A value nobody set before is about to be asked for. */
  asked(value: string): void {
    this.#fates.set(value, 'asked');
  }

  /** What became of it as far as its caller knows. */
  ended(value: string, fate: Exclude<Fate, 'asked'>): void {
    this.#fates.set(value, fate);
    const isCommitted = this.#committed.has(value);
    if (fate === 'acknowledged' && !isCommitted) {
      this.world.report('linearizability', `the value ${value} was acknowledged and is not committed`);
    }
    if (fate === 'nothing done' && isCommitted) this.#undead(value);
  }

  /** Records that nobody was given before. */
  committed(records: readonly MetadataRecord[]): void {
    for (const record of records) {
      if (record.type !== 'ConfigRecord' || record.value === undefined) continue;
      const fate = this.#fates.get(record.value);
      if (fate === undefined) continue;
      this.#committed.add(record.value);
      if (fate === 'nothing done') this.#undead(record.value);
    }
  }

  #undead(value: string): void {
    this.world.report('linearizability', `the value ${value} took effect although its caller was told that it did not`);
  }
}
