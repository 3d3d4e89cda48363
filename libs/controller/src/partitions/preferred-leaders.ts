import type { MetadataImage, PartitionChangeRecord, PartitionState } from '@milena/metadata';
import { partitionChange } from './partition-change';
import { allPartitions, topicsOf, type SweepStepLimits, type SweptPartition } from './partition-sweep';
import type { PartitionRules } from './partition-rules';

/** Elections and partitions of one step: as many elections as Kafka holds in one go, and some milliseconds of looking. */
const STEP: SweepStepLimits = { recordsMax: 1_000, partitionsMax: 4_000 };

/** What a step decides on. */
export interface PreferredLeadersContext {
  readonly rulesOf: (topic: string) => PartitionRules;
  readonly limits?: SweepStepLimits;
}

interface Balance {
  preferred: number;
  /** Of those, led by another broker although the preferred one could lead. */
  misplaced: number;
}

/**
 * Gives leaderships back to preferred leaders, the first replicas, where more than `percentage` of the partitions a broker
 * should lead are led by others although it could. Works in steps: first all partitions are counted, then those of
 * unbalanced brokers get their preferred leader back.
 */
export class PreferredLeaders {
  readonly #balances = new Map<number, Balance>();
  readonly #image: MetadataImage;
  #partitions: Iterator<SweptPartition>;
  #phase: 'counting' | 'electing' | 'done' = 'counting';

  /** @param percentage `leader.imbalance.per.broker.percentage` */
  constructor(
    image: MetadataImage,
    readonly percentage: number,
  ) {
    this.#image = image;
    this.#partitions = allPartitions(image)[Symbol.iterator]();
  }

  get isDone(): boolean {
    return this.#phase === 'done';
  }

  /** Records of the next elections; none while it is counting. */
  step(image: MetadataImage, { rulesOf, limits = STEP }: PreferredLeadersContext): PartitionChangeRecord[] {
    const records: PartitionChangeRecord[] = [];
    const topicNow = topicsOf(image);
    for (let looked = 0; looked < limits.partitionsMax && records.length < limits.recordsMax; looked++) {
      const next = this.#partitions.next();
      if (next.done === true) {
        this.#nextPhase();
        break;
      }
      const { topic, partition } = next.value;
      const before = topicNow(topic.id)?.partition(partition);
      if (before === undefined) continue;
      const rules = rulesOf(topic.name);
      if (this.#phase === 'counting') this.#count(before, rules);
      else if (isMisplaced(before, rules) && this.#isUnbalanced(before.replicas[0])) {
        const input = { topicId: topic.id, partitionId: partition, before, rules, election: 'PREFERRED' as const };
        const record = partitionChange(input);
        if (record !== undefined) records.push(record);
      }
    }
    return records;
  }

  #nextPhase(): void {
    const isUnbalanced = [...this.#balances.keys()].some((id) => this.#isUnbalanced(id));
    this.#phase = this.#phase === 'counting' && isUnbalanced ? 'electing' : 'done';
    this.#partitions = allPartitions(this.#image)[Symbol.iterator]();
  }

  #count(state: PartitionState, rules: PartitionRules): void {
    const [preferred] = state.replicas;
    if (preferred === undefined) return;
    const balance = this.#balances.get(preferred) ?? { preferred: 0, misplaced: 0 };
    balance.preferred += 1;
    if (isMisplaced(state, rules)) balance.misplaced += 1;
    this.#balances.set(preferred, balance);
  }

  #isUnbalanced(brokerId: number | undefined): boolean {
    const balance = brokerId === undefined ? undefined : this.#balances.get(brokerId);
    return balance !== undefined && balance.misplaced * 100 > balance.preferred * this.percentage;
  }
}

function isMisplaced({ replicas, isr, leader }: PartitionState, rules: PartitionRules): boolean {
  const [preferred] = replicas;
  return preferred !== undefined && leader !== preferred && isr.includes(preferred) && rules.isActive(preferred);
}
