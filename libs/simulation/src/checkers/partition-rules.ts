import type { MetadataImage, MetadataRecord, PartitionState } from '@milena/metadata';
import { NO_NODE } from '@milena/model';
import { configured, configuredMinIsr } from '../configured';
import type { ElectionDemands } from './election-demands';
import type { World } from '../world';

const UNCLEAN_KEY = 'unclean.leader.election.enable';
const ELR_FEATURE = 'eligible.leader.replicas.version';

/**
 * What committed records may do to partitions. P8: the in-sync and eligible replicas are replicas and have nobody in
 * common, the leader is in sync, and nobody is eligible besides an in-sync set that is large enough. P11: a new leader was
 * in sync or eligible before, unless the topic permits unclean elections or an operator asked for one; then it stands in
 * the log as recovering. P13: a fenced broker leads nothing.
 */
export class PartitionRules {
  constructor(
    private readonly world: World,
    private readonly demands: ElectionDemands,
  ) {}

  /** P8 and P11 for one record of a batch, with the metadata before and after the batch. */
  checkChange(record: MetadataRecord, before: MetadataImage, after: MetadataImage): void {
    if (record.type !== 'PartitionRecord' && record.type !== 'PartitionChangeRecord') return;
    const { topicId, partitionId: partition } = record;
    const topicName = after.topicById(topicId)?.name;
    const now = after.partition(topicId, partition);
    if (now === undefined || topicName === undefined) return;
    this.#checkSets(`${topicName}-${partition}`, now);
    this.#checkEligible(`${topicName}-${partition}`, now, after, topicName);
    const was = before.partition(topicId, partition);
    if (was === undefined || now.leader === NO_NODE || now.leader === was.leader) return;
    this.#checkElection({ topicName, partition, was, now, after });
  }

  /**
   * P13. Looked at where a batch elects leaders or changes brokers; what a batch does not touch is as it was when it was
   * looked at.
   */
  checkLeaders(records: readonly MetadataRecord[], image: MetadataImage): void {
    if (records.some(({ type }) => BROKER_CHANGES.has(type))) return this.checkAllLeaders(image);
    for (const record of records) {
      if (record.type !== 'PartitionRecord' && record.type !== 'PartitionChangeRecord') continue;
      const topic = image.topicById(record.topicId);
      const leader = topic?.partition(record.partitionId)?.leader;
      if (topic === undefined || leader === undefined) continue;
      this.#checkLeader(image, { name: topic.name, index: record.partitionId, leader });
    }
  }

  /** P13 for every partition there is. */
  checkAllLeaders(image: MetadataImage): void {
    for (const topic of image.topics()) {
      let index = 0;
      for (const { leader } of topic.partitions())
        this.#checkLeader(image, { name: topic.name, index: index++, leader });
    }
  }

  #checkLeader(image: MetadataImage, { name, index, leader }: { name: string; index: number; leader: number }): void {
    if (leader === NO_NODE || image.broker(leader)?.fenced === false) return;
    this.world.report('P13 fenced brokers lead nothing', `${name}-${index} is led by ${leader}`);
  }

  #checkElection({ topicName, partition, was, now, after }: Election): void {
    if ([...was.isr, ...was.elr].includes(now.leader)) {
      if (!was.isr.includes(now.leader)) this.world.mark('a leader was elected from the ELR');
      return;
    }
    if (isHandedOn(was, now)) return this.world.mark('a reassignment took the leader away');
    const were = `in sync were ${was.isr.join(', ') || 'none'}, eligible ${was.elr.join(', ') || 'none'}`;
    const text = `${topicName}-${partition} is led by ${now.leader}; ${were}`;
    const isPermitted =
      was.lastKnownElr.includes(now.leader) ||
      configured(after, topicName, UNCLEAN_KEY) === 'true' ||
      this.demands.covers(topicName, partition);
    if (!isPermitted) this.world.report('P11 clean election', text);
    else if (now.leaderRecoveryState !== 'RECOVERING') this.world.report('P11 unclean elections are counted', text);
    else this.world.mark('a leader was elected uncleanly');
  }

  #checkSets(name: string, { replicas, isr, elr, leader }: PartitionState): void {
    const strangers = [...isr, ...elr].filter((id) => !replicas.includes(id));
    const twice = elr.filter((id) => isr.includes(id));
    const isLeaderInSync = leader === NO_NODE || isr.includes(leader);
    if (isr.length === 1 && replicas.length > 1) this.world.mark('an in-sync set shrank to one replica');
    if (leader === NO_NODE) this.world.mark('a partition was left without a leader');
    if (strangers.length === 0 && twice.length === 0 && isLeaderInSync) return;
    const text = `replicas ${replicas.join(',')} isr ${isr.join(',')} elr ${elr.join(',')} leader ${leader}`;
    this.world.report('P8 sets of replicas', `${name}: ${text}`);
  }

  #checkEligible(name: string, { replicas, isr, elr }: PartitionState, after: MetadataImage, topic: string): void {
    if (elr.length === 0) return;
    const minIsr = Math.min(configuredMinIsr(after, topic), replicas.length);
    if (isr.length < minIsr && after.featureLevel(ELR_FEATURE) > 0) return;
    const text = `isr ${isr.join(',')} of at least ${minIsr}, and yet eligible: ${elr.join(',')}`;
    this.world.report('P8 sets of replicas', `${name}: ${text}`);
  }
}

/**
 * Whether the leader put the new one into the in-sync set itself: the proposal that completes a reassignment takes the one
 * who makes it away, in the same record.
 */
function isHandedOn(was: PartitionState, now: PartitionState): boolean {
  const isCompleted = was.addingReplicas.length + was.removingReplicas.length > 0 && now.removingReplicas.length === 0;
  return isCompleted && was.removingReplicas.includes(was.leader) && was.replicas.includes(now.leader);
}

interface Election {
  readonly topicName: string;
  readonly partition: number;
  readonly was: PartitionState;
  readonly now: PartitionState;
  readonly after: MetadataImage;
}

const BROKER_CHANGES: ReadonlySet<MetadataRecord['type']> = new Set([
  'RegisterBrokerRecord',
  'FenceBrokerRecord',
  'BrokerRegistrationChangeRecord',
  'UnregisterBrokerRecord',
]);
