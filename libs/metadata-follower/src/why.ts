import type { MetadataRecord } from '@milena/metadata';
import type { Uuid } from '@milena/model';
import type { HistoryRecord } from './metadata-history';

/** What somebody asks about: a partition, a broker, a resource's configuration or one key of it. */
export type WhySubject =
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'broker'; readonly id: number }
  | { readonly kind: 'config'; readonly resource: 'TOPIC' | 'BROKER'; readonly name: string; readonly key?: string };

/** A link of the chain: a record that changed the subject, or one that was written together with it and explains it. */
export interface WhyLink extends HistoryRecord {
  readonly role: 'change' | 'cause';
}

/**
 * The records that led to the present state of something, in log order. A partition's chain begins with the topic's newest
 * creation. Causes are records of the same batch, or of the same trace directly before it, that tell of the partition's
 * brokers or of configuration its elections depend on. `history` is read twice.
 */
export function why(subject: WhySubject, history: () => Iterable<HistoryRecord>): readonly WhyLink[] {
  const topicId = subject.kind === 'partition' ? newestTopicId(subject.topic, history()) : undefined;
  const chain: WhyLink[] = [];
  const brokers = new Set<number>();
  for (const group of groups(history())) {
    const changes = new Set(group.filter((each) => changesSubject(each, subject, topicId)));
    if (changes.size === 0) continue;
    for (const { record } of changes) for (const id of brokersOf(record)) brokers.add(id);
    for (const each of group) {
      if (changes.has(each)) chain.push({ ...each, role: 'change' });
      else if (explains(each.record, subject, brokers)) chain.push({ ...each, role: 'cause' });
    }
  }
  return subject.kind === 'partition' && !chain.some(namesPartition) ? [] : chain;
}

/** A topic's own records say nothing of a partition it does not have. */
function namesPartition({ record, role }: WhyLink): boolean {
  return role === 'change' && record !== undefined && 'partitionId' in record;
}

function newestTopicId(topic: string, history: Iterable<HistoryRecord>): Uuid | undefined {
  let topicId: Uuid | undefined;
  for (const { record } of history)
    if (record?.type === 'TopicRecord' && record.name === topic) topicId = record.topicId;
  return topicId;
}

/** Records written together: of one batch, and of the batches right behind it that the same trace caused. */
function* groups(history: Iterable<HistoryRecord>): Generator<readonly HistoryRecord[]> {
  let group: HistoryRecord[] = [];
  let trace: string | undefined;
  for (const each of history) {
    const last = group.at(-1);
    const isSameBatch = last !== undefined && last.batchOffset === each.batchOffset && last.snapshot === each.snapshot;
    const isSameTrace = trace !== undefined && each.traceparent === trace;
    if (last !== undefined && !isSameBatch && !isSameTrace) {
      yield group;
      group = [];
    }
    if (!isSameBatch) trace = each.traceparent;
    // In a snapshot nothing is told together: each of its records stands for itself.
    if (each.snapshot === undefined) group.push(each);
    else yield [each];
  }
  if (group.length > 0) yield group;
}

function changesSubject({ record }: HistoryRecord, subject: WhySubject, topicId: Uuid | undefined): boolean {
  if (record === undefined) return false;
  switch (subject.kind) {
    case 'partition':
      return changesPartition(record, subject, topicId);
    case 'broker':
      return 'brokerId' in record && record.type !== 'ProducerIdsRecord' && record.brokerId === subject.id;
    case 'config':
      return (
        record.type === 'ConfigRecord' &&
        record.resourceType === subject.resource &&
        record.resourceName === subject.name &&
        (subject.key === undefined || record.name === subject.key)
      );
  }
}

function changesPartition(
  record: MetadataRecord,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  topicId: Uuid | undefined,
): boolean {
  if (record.type === 'ClearElrRecord') return record.topicName === undefined || record.topicName === topic;
  if (!('topicId' in record) || record.topicId !== topicId) return false;
  return !('partitionId' in record) || record.partitionId === partition;
}

function brokersOf(record: MetadataRecord | undefined): readonly number[] {
  if (record?.type !== 'PartitionRecord' && record?.type !== 'PartitionChangeRecord') return [];
  return [...(record.replicas ?? []), ...(record.isr ?? []), ...(record.leader === undefined ? [] : [record.leader])];
}

function explains(record: MetadataRecord | undefined, subject: WhySubject, brokers: ReadonlySet<number>): boolean {
  if (record === undefined || subject.kind !== 'partition') return false;
  if (record.type === 'ConfigRecord') return record.resourceType === 'BROKER' || record.resourceName === subject.topic;
  return 'brokerId' in record && record.type !== 'ProducerIdsRecord' && brokers.has(record.brokerId);
}
