import type { MetadataImage, MetadataRecord, PartitionState } from '@milena/metadata';
import { NO_NODE, type Uuid } from '@milena/model';
import type { World } from '../world';

const UNCLEAN_KEY = 'unclean.leader.election.enable';

/**
 * P8, P11: what one committed record may do to a partition. P8: the in-sync and eligible replicas are replicas and have
 * nobody in common, the leader is in sync. P11: a new leader was in sync or eligible before, unless the topic permits
 * unclean elections.
 */
export function checkPartitionChange(
  world: World,
  record: MetadataRecord,
  before: MetadataImage,
  after: MetadataImage,
): void {
  if (record.type !== 'PartitionRecord' && record.type !== 'PartitionChangeRecord') return;
  const { topicId, partitionId: partition } = record;
  const now = after.partition(topicId, partition);
  if (now === undefined) return;
  const name = `${after.topicById(topicId)?.name}-${partition}`;
  checkSets(world, name, now);
  const was = before.partition(topicId, partition);
  if (was === undefined || now.leader === NO_NODE || now.leader === was.leader) return;
  if ([...was.isr, ...was.elr].includes(now.leader)) {
    if (!was.isr.includes(now.leader)) world.mark('a leader was elected from the ELR');
    return;
  }
  if (was.lastKnownElr.includes(now.leader) || permitsUnclean(after, topicId)) return;
  const were = `in sync were ${was.isr.join(', ') || 'none'}, eligible ${was.elr.join(', ') || 'none'}`;
  world.report('P11 clean election', `${name} is led by ${now.leader}; ${were}`);
}

function checkSets(world: World, name: string, { replicas, isr, elr, leader }: PartitionState): void {
  const strangers = [...isr, ...elr].filter((id) => !replicas.includes(id));
  const twice = elr.filter((id) => isr.includes(id));
  const isLeaderInSync = leader === NO_NODE || isr.includes(leader);
  if (isr.length === 1 && replicas.length > 1) world.mark('an in-sync set shrank to one replica');
  if (leader === NO_NODE) world.mark('a partition was left without a leader');
  if (strangers.length === 0 && twice.length === 0 && isLeaderInSync) return;
  const text = `replicas ${replicas.join(',')} isr ${isr.join(',')} elr ${elr.join(',')} leader ${leader}`;
  world.report('P8 sets of replicas', `${name}: ${text}`);
}

/**
 * P13: a fenced broker leads nothing. Looked at where a batch elects leaders or changes brokers; what a batch does not
 * touch is as it was when it was looked at.
 */
export function checkLeaders(world: World, records: readonly MetadataRecord[], image: MetadataImage): void {
  if (records.some(({ type }) => BROKER_CHANGES.has(type))) return checkAllLeaders(world, image);
  for (const record of records) {
    if (record.type !== 'PartitionRecord' && record.type !== 'PartitionChangeRecord') continue;
    const topic = image.topicById(record.topicId);
    const leader = topic?.partition(record.partitionId)?.leader;
    if (topic !== undefined && leader !== undefined) {
      checkLeader(world, image, { name: topic.name, index: record.partitionId, leader });
    }
  }
}

/** P13 for every partition there is. */
export function checkAllLeaders(world: World, image: MetadataImage): void {
  for (const topic of image.topics()) {
    let index = 0;
    for (const { leader } of topic.partitions())
      checkLeader(world, image, { name: topic.name, index: index++, leader });
  }
}

function checkLeader(
  world: World,
  image: MetadataImage,
  { name, index, leader }: { readonly name: string; readonly index: number; readonly leader: number },
): void {
  if (leader === NO_NODE || image.broker(leader)?.fenced === false) return;
  world.report('P13 fenced brokers lead nothing', `${name}-${index} is led by ${leader}`);
}

const BROKER_CHANGES: ReadonlySet<MetadataRecord['type']> = new Set([
  'RegisterBrokerRecord',
  'FenceBrokerRecord',
  'BrokerRegistrationChangeRecord',
  'UnregisterBrokerRecord',
]);

function permitsUnclean(image: MetadataImage, topicId: Uuid): boolean {
  const name = image.topicById(topicId)?.name ?? '';
  const own = image.configValue({ type: 'TOPIC', name }, UNCLEAN_KEY);
  return (own ?? image.configValue({ type: 'BROKER', name: '' }, UNCLEAN_KEY)) === 'true';
}
