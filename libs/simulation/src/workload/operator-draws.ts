import type { MetadataImage, PartitionState } from '@milena/metadata';
import type { SeededRandom } from '@milena/platform/testing';
import type { OperatorAction } from './operator-action';

/** A partition as the operator sees it. */
interface Seen {
  readonly topic: string;
  readonly partition: number;
  readonly state: PartitionState;
}

/** Draws what an operator does next; each run has some of the kinds only. */
export class OperatorDraws {
  readonly #kinds: readonly (() => OperatorAction | undefined)[];
  #values = 0;

  constructor(
    private readonly random: SeededRandom,
    /** Newest committed metadata. */
    private readonly image: () => MetadataImage,
  ) {
    this.#kinds = [
      () => this.#move(),
      () => this.#cancel(),
      () => this.#electPreferred(),
      () => this.#electUncleanly(),
      () => this.#configure('min.insync.replicas', `${1 + this.random.below(3)}`),
      () => this.#configure('unclean.leader.election.enable', `${this.random.chance(0.3)}`),
      () => this.#setOnce(),
      () => this.#unregister(),
    ].filter(() => this.random.chance(0.7));
  }

  pauseMs(): number {
    return this.random.below(400);
  }

  /** Undefined when there is nothing to do it to. */
  next(): OperatorAction | undefined {
    return this.#pick(this.#kinds)?.();
  }

  #move(): OperatorAction | undefined {
    const seen = this.#anyPartition();
    const target = this.#someBrokers();
    if (seen === undefined || target.length === 0) return undefined;
    return { do: 'move replicas', topic: seen.topic, partition: seen.partition, target };
  }

  #cancel(): OperatorAction | undefined {
    const seen = this.#pick(
      this.#where(({ addingReplicas, removingReplicas }) => addingReplicas.length + removingReplicas.length > 0),
    );
    return seen && { do: 'move replicas', topic: seen.topic, partition: seen.partition, target: null };
  }

  #electPreferred(): OperatorAction | undefined {
    const seen = this.random.chance(0.3) ? undefined : this.#anyPartition();
    return { do: 'elect preferred', topic: seen?.topic ?? null, partition: seen?.partition ?? 0 };
  }

  #electUncleanly(): OperatorAction | undefined {
    const seen = this.#pick(this.#where(({ leader }) => leader < 0)) ?? this.#anyPartition();
    return seen && { do: 'elect uncleanly', topic: seen.topic, partition: seen.partition };
  }

  #configure(key: string, value: string): OperatorAction | undefined {
    const topic = this.random.chance(0.2) ? '' : this.#anyPartition()?.topic;
    return topic === undefined
      ? undefined
      : { do: 'configure', topic, key, value: this.random.chance(0.7) ? value : null };
  }

  #setOnce(): OperatorAction | undefined {
    const topic = this.#anyPartition()?.topic;
    return topic === undefined ? undefined : { do: 'set once', topic, value: `${1_000_000 + this.#values++}` };
  }

  #unregister(): OperatorAction | undefined {
    const broker = this.#pick(this.image().brokers())?.id;
    // Seldom: each time a broker has to register anew.
    return broker === undefined || !this.random.chance(0.2) ? undefined : { do: 'unregister', broker };
  }

  #someBrokers(): readonly number[] {
    const ranked = this.image()
      .brokers()
      .map(({ id }) => ({ id, rank: this.random.fraction() }));
    return ranked
      .sort((left, right) => left.rank - right.rank)
      .slice(0, 1 + this.random.below(3))
      .map(({ id }) => id);
  }

  #anyPartition(): Seen | undefined {
    const topic = this.#pick([...this.image().topics()]);
    const partition = topic === undefined ? 0 : this.random.below(topic.partitionCount);
    const state = topic?.partition(partition);
    return topic === undefined || state === undefined ? undefined : { topic: topic.name, partition, state };
  }

  #where(matches: (state: PartitionState) => boolean): readonly Seen[] {
    const seen: Seen[] = [];
    for (const topic of this.image().topics()) {
      let partition = 0;
      for (const state of topic.partitions()) {
        if (matches(state)) seen.push({ topic: topic.name, partition, state });
        partition += 1;
      }
    }
    return seen;
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.random.below(Math.max(1, items.length))];
  }
}
