import type { ErrorName } from '@milena/model';
import type { Partition } from '../partition';
import type { PartitionObserver } from '../partition-observer';
import type { ActiveCoordinator, CoordinatorParts } from './active-coordinator';
import { CoordinatorStore } from './coordinator-store';
import { OffsetsPartition } from './offsets-partition';
import { OFFSETS_TOPIC } from './offsets-topic';

/** What the partitions are made from. */
export interface OffsetsPartitionsOptions extends CoordinatorParts {
  /** Folder of the store; nobody else's. */
  readonly storeFolder: string;
}

/** All partitions of `__consumer_offsets` with a replica on this broker. */
export class OffsetsPartitions implements PartitionObserver {
  readonly #byIndex = new Map<number, { readonly partition: Partition; readonly offsets: OffsetsPartition }>();
  /** Replicas that are leaving the store, by partition. */
  readonly #leaving = new Map<number, Promise<void>>();
  #store: CoordinatorStore | undefined;
  #hasLookedForStrays = false;

  constructor(private readonly options: OffsetsPartitionsOptions) {}

  /** Opens the store. No replica may be here before. */
  start(): void {
    const { platform, storeFolder } = this.options;
    this.#store = new CoordinatorStore({ ...platform, folder: storeFolder });
  }

  get isLoading(): boolean {
    for (const { offsets } of this.#byIndex.values()) {
      if (offsets.coordinator === 'COORDINATOR_LOAD_IN_PROGRESS') return true;
    }
    return false;
  }

  /** The coordinator of one partition, or why there is none to ask here. */
  coordinator(index: number): ActiveCoordinator | ErrorName {
    return this.#byIndex.get(index)?.offsets.coordinator ?? 'NOT_COORDINATOR';
  }

  /** All coordinators at work, in the order in which their partitions came. */
  *active(): Iterable<ActiveCoordinator> {
    for (const { offsets } of this.#byIndex.values()) {
      const { coordinator } = offsets;
      if (typeof coordinator !== 'string') yield coordinator;
    }
  }

  roleChanged(partition: Partition): void {
    if (partition.topicPartition.topic !== OFFSETS_TOPIC || this.#store === undefined) return;
    const index = partition.topicPartition.partition;
    let known = this.#byIndex.get(index);
    if (known?.partition !== partition) {
      const after = this.#leaving.get(index) ?? Promise.resolve();
      known = { partition, offsets: new OffsetsPartition(this.options, partition, { store: this.#store, after }) };
      this.#byIndex.set(index, known);
    }
    known.offsets.roleChanged();
  }

  committed(partition: Partition): void {
    if (partition.topicPartition.topic !== OFFSETS_TOPIC) return;
    this.#of(partition)?.committed();
  }

  removed(partition: Partition): void {
    if (partition.topicPartition.topic !== OFFSETS_TOPIC) return;
    const index = partition.topicPartition.partition;
    const leaving = this.#of(partition)?.removed();
    if (leaving === undefined) return;
    this.#byIndex.delete(index);
    this.#leave(index, leaving);
  }

  /** Lets the next replica of a partition wait until the former one has left the store. */
  #leave(index: number, leaving: Promise<unknown>): void {
    const left = leaving.then(() => {
      if (this.#leaving.get(index) === left) this.#leaving.delete(index);
    });
    this.#leaving.set(index, left);
  }

  /** Every replica of this broker has been told of: what is kept of others, which left while it was away, goes. */
  forgetStrays(): void {
    if (this.#hasLookedForStrays) return;
    this.#hasLookedForStrays = true;
    void this.#store?.partitions().then((kept = []) => {
      for (const index of kept) {
        const isHere = this.#byIndex.has(index) || this.#leaving.has(index);
        const leaving = isHere ? undefined : this.#store?.forget(index);
        if (leaving !== undefined) this.#leave(index, leaving);
      }
    });
  }

  /** Ends; resolves when the store is closed. */
  async stop(): Promise<void> {
    const ending = [...this.#byIndex.values()].map(({ offsets }) => offsets.close());
    this.#byIndex.clear();
    await Promise.all([...ending, ...this.#leaving.values()]);
    await this.#store?.close();
    this.#store = undefined;
  }

  #of(partition: Partition): OffsetsPartition | undefined {
    const known = this.#byIndex.get(partition.topicPartition.partition);
    return known?.partition === partition ? known.offsets : undefined;
  }
}
