import type { SeededRandom } from '@milena/platform/testing';
import type { FaultAction } from './fault-action';
import { pickOne } from './pick-one';

/** What faults of the network are drawn for. */
export interface NetworkFaultDrawsOptions {
  readonly random: SeededRandom;
  readonly hosts: readonly string[];
  /** Host of a leader, as far as it knows. */
  leader(): string | undefined;
}

/** Draws what happens to the ways between hosts; each draw gives the faults that begin together, perhaps none. */
export class NetworkFaultDraws {
  constructor(private readonly options: NetworkFaultDrawsOptions) {}

  /** Each kind of partition. */
  get partitions(): readonly (() => readonly FaultAction[])[] {
    return [() => this.#cut(), () => this.#isolate(), () => this.#split(), () => this.#flap()];
  }

  /** The connections between two hosts break. */
  reset(): readonly FaultAction[] {
    return [{ do: 'reset', left: this.#host(), right: this.#host() }];
  }

  #cut(): readonly FaultAction[] {
    const { random } = this.options;
    const [from, to] = [this.#host(), this.#host()];
    if (from === to) return [];
    return [{ do: 'cut', from, to, bothWays: random.chance(0.7), forMs: random.below(4000) }];
  }

  #isolate(): readonly FaultAction[] {
    const leader = this.options.leader();
    const forMs = this.#longMs();
    return [
      { do: 'isolate', host: leader !== undefined && this.options.random.chance(0.5) ? leader : this.#host(), forMs },
    ];
  }

  /** Two sides that do not see each other; now and then one host between them sees both. */
  #split(): readonly FaultAction[] {
    const { random, hosts } = this.options;
    const bridge = random.chance(0.3) ? this.#host() : undefined;
    const left = hosts.filter((host) => host !== bridge && random.chance(0.5));
    const right = hosts.filter((host) => host !== bridge && !left.includes(host));
    const forMs = this.#longMs();
    return left.flatMap((from) => right.map((to) => ({ do: 'cut' as const, from, to, bothWays: true, forMs })));
  }

  #flap(): readonly FaultAction[] {
    const { random } = this.options;
    const [left, right] = [this.#host(), this.#host()];
    if (left === right) return [];
    return [{ do: 'flap', left, right, times: 2 + random.below(9), eachMs: 10 + random.below(500) }];
  }

  /** Some last longer than a leader may lead without a majority. */
  #longMs(): number {
    const { random } = this.options;
    return random.chance(0.3) ? 4000 + random.below(4000) : random.below(4000);
  }

  #host(): string {
    return pickOne(this.options.random, this.options.hosts);
  }
}
