import type { MetadataImage, PartitionChangeRecord, TopicImage } from '@milena/metadata';
import type { Uuid } from '@milena/model';
import type { PartitionRules } from './partition-rules';
import { settlePartition } from './settle-partition';

/** Records and partitions of one step: some milliseconds of work each, so that neither elections nor heartbeats wait for it. */
export const SWEEP_STEP = { recordsMax: 2_000, partitionsMax: 4_000 } as const;

/** How much one step may do. */
export interface SweepStepLimits {
  readonly recordsMax: number;
  readonly partitionsMax: number;
}

/** A partition that a sweep looks at when its turn comes. */
export interface SweptPartition {
  readonly topic: Pick<TopicImage, 'id' | 'name'>;
  readonly partition: number;
}

/** What a step decides on. */
export interface SweepContext {
  readonly rulesOf: (topic: string) => PartitionRules;
  /** See `settlePartition`. */
  readonly lossyBroker?: number;
  readonly limits?: SweepStepLimits;
}

/**
 * Walks over partitions and settles each, in steps of bounded size: a broker with more partitions than one atomic batch
 * can hold is fenced in the first batch and the rest follows. Which partitions there are is fixed at the beginning; what
 * becomes of each is decided on the image of its step. A sweep may be done again from the start at any time: partitions
 * that are in order are passed over.
 */
export class PartitionSweep {
  readonly #partitions: Iterator<SweptPartition>;
  #isDone = false;

  constructor(partitions: Iterable<SweptPartition>) {
    this.#partitions = partitions[Symbol.iterator]();
  }

  /** Whether every partition has been looked at. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Records of the next partitions. */
  step(image: MetadataImage, { rulesOf, lossyBroker, limits = SWEEP_STEP }: SweepContext): PartitionChangeRecord[] {
    const records: PartitionChangeRecord[] = [];
    const topicNow = topicsOf(image);
    for (let looked = 0; looked < limits.partitionsMax && records.length < limits.recordsMax; looked++) {
      const next = this.#partitions.next();
      if (next.done === true) {
        this.#isDone = true;
        break;
      }
      const { topic, partition } = next.value;
      const state = topicNow(topic.id)?.partition(partition);
      if (state === undefined) continue;
      const unsettled = { topicId: topic.id, partitionId: partition, state };
      const record = settlePartition(unsettled, rulesOf(topic.name), lossyBroker);
      if (record !== undefined) records.push(record);
    }
    return records;
  }
}

/** A sweep over the partitions of a broker, those it leads first: their clients wait. */
export function sweepBroker(image: MetadataImage, brokerId: number): PartitionSweep {
  return new PartitionSweep(partitionsOf(image, brokerId));
}

function* partitionsOf(image: MetadataImage, brokerId: number): Iterable<SweptPartition> {
  yield* image.hostedPartitions(brokerId, 'leader');
  // Never one twice: a step would decide on it again before its first record is applied.
  for (const hosted of image.hostedPartitions(brokerId, 'replica')) if (hosted.state.leader !== brokerId) yield hosted;
}

/** A sweep over all partitions: what a former controller began and could not end. */
export function sweepAll(image: MetadataImage): PartitionSweep {
  return new PartitionSweep(allPartitions(image));
}

/** Topics of an image by id. Asking for the topic asked for last costs nothing. */
export function topicsOf(image: MetadataImage): (id: Uuid) => TopicImage | undefined {
  let last: { readonly id: Uuid; readonly topic: TopicImage | undefined } | undefined;
  return (id) => {
    if (last?.id !== id) last = { id, topic: image.topicById(id) };
    return last.topic;
  };
}

/** Every partition of every topic, in the order of the image. */
export function* allPartitions(image: MetadataImage): Iterable<SweptPartition> {
  for (const topic of image.topics()) {
    for (let partition = 0; partition < topic.partitionCount; partition++) yield { topic, partition };
  }
}
