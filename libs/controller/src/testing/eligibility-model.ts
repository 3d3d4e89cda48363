import type { MetadataImage, MetadataRecord, PartitionState } from '@milena/metadata';
import { NO_NODE } from '@milena/model';

/**
 * Who has every committed record, as brokers would behave: a leader whose ISR is large enough commits at every moment, so
 * whoever is outside the ISR then lacks something; who stopped uncleanly, or lost its disk, lacks something until it joins
 * an ISR again. Finds elections that lose committed records without being unclean ones.
 */
export class EligibilityModel {
  readonly #complete = new Map<string, Set<number>>();

  constructor(private readonly minIsrOf: (image: MetadataImage, topic: string) => number) {}

  /** A broker's process ended without an orderly stop, or with another disk. */
  lost(brokerId: number): void {
    for (const complete of this.#complete.values()) complete.delete(brokerId);
  }

  /** Follows a decision; gives what is wrong with it. */
  follow(after: MetadataImage, records: readonly MetadataRecord[]): string[] {
    const wrong: string[] = [];
    const unclean = new Set(
      records.flatMap((record) =>
        record.type === 'PartitionChangeRecord' && record.leaderRecoveryState === 'RECOVERING'
          ? [`${record.topicId}-${record.partitionId}`]
          : [],
      ),
    );
    for (const topic of after.topics()) {
      let index = 0;
      for (const state of topic.partitions()) {
        const key = `${topic.id}-${index++}`;
        const minIsr = Math.min(this.minIsrOf(after, topic.name), state.replicas.length);
        const lacking = this.#followPartition(key, state, { minIsr, isUnclean: unclean.has(key) });
        if (lacking.length > 0) wrong.push(`LeaderCandidateCompleteness ${key}: ${lacking.join()} may lack records`);
      }
    }
    return wrong;
  }

  /** The replica that joins an ISR has caught up. */
  joined(key: string, brokerIds: readonly number[]): void {
    for (const id of brokerIds) this.#complete.get(key)?.add(id);
  }

  #followPartition(
    key: string,
    { leader, isr, replicas }: PartitionState,
    { minIsr, isUnclean }: { readonly minIsr: number; readonly isUnclean: boolean },
  ): number[] {
    const known = this.#complete.get(key) ?? new Set(replicas);
    const complete = isUnclean ? new Set([leader]) : known;
    this.#complete.set(key, complete);
    if (leader === NO_NODE) return [];
    const lacking = isr.filter((id) => !complete.has(id));
    if (isr.length >= minIsr) this.#complete.set(key, new Set(isr.filter((id) => complete.has(id))));
    return lacking;
  }
}
