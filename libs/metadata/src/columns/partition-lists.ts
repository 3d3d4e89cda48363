import type { Uuid } from '@milena/model';
import type { LeaderRecoveryState } from '../partition-state';
import { ListPool } from './list-pool';

/** What is nearly always the same: recovered, and no lists. */
export interface PartitionExtras {
  readonly leaderRecoveryState: LeaderRecoveryState;
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly elr: readonly number[];
  readonly lastKnownElr: readonly number[];
}

const ORDINARY: PartitionExtras = Object.freeze({
  leaderRecoveryState: 'RECOVERED',
  addingReplicas: Object.freeze([]),
  removingReplicas: Object.freeze([]),
  elr: Object.freeze([]),
  lastKnownElr: Object.freeze([]),
});

/**
 * The values that many partitions have in common, by number: replicas and ISRs, their directories, and the rest. Number 0
 * is the empty list, and what is ordinary of the rest. Only grows, as ListPool does; shared by an image and those that
 * come of it.
 */
export class PartitionLists {
  readonly brokers = new ListPool<number>();
  readonly directories = new ListPool<Uuid>();
  readonly #extras: PartitionExtras[] = [ORDINARY];
  readonly #extrasNumbers = new Map<string, number>();

  /** How many values it holds. */
  get size(): number {
    return this.brokers.size + this.directories.size + this.#extras.length;
  }

  /** The number of a list of brokers. */
  brokersNumber(list: readonly number[]): number {
    let hint = 0;
    for (const id of list) hint = Math.imul(hint, 31) + id;
    return this.brokers.numberOf(list, hint ^ (hint >>> 10));
  }

  extras(number: number): PartitionExtras {
    return this.#extras[number] ?? ORDINARY;
  }

  extrasNumber(extras: PartitionExtras): number {
    const { leaderRecoveryState, addingReplicas, removingReplicas, elr, lastKnownElr } = extras;
    const lists = [addingReplicas, removingReplicas, elr, lastKnownElr];
    if (leaderRecoveryState === 'RECOVERED' && lists.every(({ length }) => length === 0)) return 0;
    const key = [leaderRecoveryState, ...lists.map((list) => list.join())].join(';');
    const known = this.#extrasNumbers.get(key);
    if (known !== undefined) return known;
    const [adding = [], removing = [], eligible = [], lastKnown = []] = lists.map((list) => this.#shared(list));
    const shared = { addingReplicas: adding, removingReplicas: removing, elr: eligible, lastKnownElr: lastKnown };
    const number = this.#extras.push(Object.freeze({ leaderRecoveryState, ...shared })) - 1;
    this.#extrasNumbers.set(key, number);
    return number;
  }

  #shared(list: readonly number[]): readonly number[] {
    return this.brokers.get(this.brokersNumber(list));
  }
}
