import { topicPartitionName, type TopicPartition } from '@milena/model';
import type { World } from '../world';

/**
 * What producers were told and what anybody read, offset by offset. P1: what was acknowledged is read at its offset; P3:
 * what was read once is read by everybody; P7, P14: no offset is given twice, none is negative; T1: no value has two places.
 */
export class ProducedHistory {
  /** By partition, then offset: the value that must stand there for ever, and who said so. */
  readonly #known = new Map<string, Map<number, { readonly value: string; readonly by: string }>>();
  /** By partition, then value: the offset it was seen at. */
  readonly #places = new Map<string, Map<string, number>>();
  /** By partition: values that were acknowledged. */
  readonly #acknowledged = new Map<string, Set<string>>();

  constructor(private readonly world: World) {}

  /** Records acknowledged so far. */
  get acknowledged(): number {
    let sum = 0;
    for (const values of this.#acknowledged.values()) sum += values.size;
    return sum;
  }

  /** A producer was told that its records stand from `baseOffset` on. */
  acked(topicPartition: TopicPartition, baseOffset: number, values: readonly string[], producer: string): void {
    const name = topicPartitionName(topicPartition);
    if (baseOffset < 0)
      this.world.report('P14 offset of an acknowledgement', `${name}: ${producer} was told ${baseOffset}`);
    const acknowledged = this.#acknowledged.get(name) ?? new Set<string>();
    this.#acknowledged.set(name, acknowledged);
    values.forEach((value, index) => {
      acknowledged.add(value);
      this.#observe(name, baseOffset + index, value, `the acknowledgement to ${producer}`);
    });
  }

  /** A reader found a value at an offset below the high watermark. */
  read(topicPartition: TopicPartition, offset: number, value: string, reader: string): void {
    this.#observe(topicPartitionName(topicPartition), offset, value, reader);
  }

  /** The final look at a partition, from its first to its last record. */
  concludes(topicPartition: TopicPartition, values: ReadonlyMap<number, string>): void {
    const name = topicPartitionName(topicPartition);
    for (const [offset, { value, by }] of this.#known.get(name) ?? []) {
      const found = values.get(offset);
      if (found === value) continue;
      const is = found === undefined ? 'nothing' : `"${found}"`;
      this.world.report('P1 acknowledged record present', `${name} holds ${is} at ${offset}; "${value}" by ${by}`);
    }
    this.#checkSequences(name, values);
  }

  #observe(name: string, offset: number, value: string, by: string): void {
    const known = this.#known.get(name) ?? new Map<number, { value: string; by: string }>();
    const places = this.#places.get(name) ?? new Map<string, number>();
    this.#known.set(name, known);
    this.#places.set(name, places);
    const before = known.get(offset);
    if (before === undefined) known.set(offset, { value, by });
    else if (before.value !== value) {
      const told = `"${before.value}" by ${before.by}, "${value}" by ${by}`;
      this.world.report('P3 consistent read', `${name} at ${offset}: ${told}`);
    }
    const place = places.get(value);
    if (place === undefined) places.set(value, offset);
    else if (place !== offset)
      this.world.report('T1 no duplicate', `${name}: "${value}" at ${place} and at ${offset} (${by})`);
  }

  /** T1: per producer, what stands in the log is 0, 1, 2 ... in this order, without a gap or a repetition. */
  #checkSequences(name: string, values: ReadonlyMap<number, string>): void {
    const next = new Map<string, number>();
    for (const offset of [...values.keys()].sort((left, right) => left - right)) {
      const [producer = '', sequence] = (values.get(offset) ?? '').split(':');
      const expected = next.get(producer) ?? 0;
      next.set(producer, expected + 1);
      if (Number(sequence) === expected) continue;
      this.world.report(
        'T1 contiguous sequences',
        `${name}: ${producer}:${sequence} at ${offset} where ${expected} belongs`,
      );
      return;
    }
  }
}
