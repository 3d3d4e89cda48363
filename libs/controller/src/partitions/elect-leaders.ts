import type { MetadataImage, MetadataRecord, PartitionState, TopicImage } from '@milena/metadata';
import { failure, NO_NODE, NO_OFFSET, success, type Result } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import type { Decision } from '../decision';
import { MAX_CHANGED_PARTITIONS, type PartitionOutcome, type PartitionOutcomes } from './alter-partition-reassignments';
import type { ElectionKind } from './elect-leader';
import { partitionChange } from './partition-change';
import { partitionRules } from './partition-rules';

/** PREFERRED: the first replica, if it is in sync. UNCLEAN: whoever is there, for a partition without a leader. */
export type ElectionType = Exclude<ElectionKind, 'ONLINE'>;

/** ElectLeaders (KIP-460). */
export interface ElectLeadersRequest {
  readonly principal: string;
  readonly electionType: ElectionType;
  /** Undefined for all partitions that need such an election. */
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[] | undefined;
  readonly validateOnly: boolean;
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/**
 * Holds elections because somebody asks for them, each partition on its own. Of all partitions only those are answered
 * for that needed an election, as Kafka does.
 */
export function electLeaders(
  image: MetadataImage,
  { electionType, topics: asked, validateOnly }: ElectLeadersRequest,
  { defaults }: { readonly defaults: ControllerDefaults },
): Decision<PartitionOutcomes> {
  const rulesOf = partitionRules(image, defaults);
  const records: MetadataRecord[] = [];
  const seen = new Set<string>();
  let held = 0;
  const elect = (name: string, topic: TopicImage | undefined, partition: number): Result<null> => {
    const key = `${name}-${partition}`;
    const before = topic?.partition(partition);
    if (topic === undefined || before === undefined) {
      return failure('UNKNOWN_TOPIC_OR_PARTITION', `there is no partition ${key}`);
    }
    if (seen.has(key)) return failure('INVALID_REQUEST', `partition ${key} is named twice`);
    if (!isNeeded(before, electionType)) return failure('ELECTION_NOT_NEEDED', `partition ${key} has that leader`);
    if (held >= MAX_CHANGED_PARTITIONS) {
      return failure('POLICY_VIOLATION', `more than ${MAX_CHANGED_PARTITIONS} elections in one request`);
    }
    // Of all partitions each comes once, and there may be millions.
    if (asked !== undefined) seen.add(key);
    const rules = rulesOf(name);
    const record = partitionChange({
      topicId: topic.id,
      partitionId: partition,
      before,
      rules,
      election: electionType,
    });
    if (record?.leader === undefined || record.leader === NO_NODE) return unavailable(electionType, before);
    // Those that nobody can lead leave room for others.
    held += 1;
    if (!validateOnly) records.push(record);
    return success(null);
  };
  const topics =
    asked === undefined
      ? everywhere(image, elect)
      : asked.map(({ name, partitions }) => {
          const topic = image.topicByName(name);
          return {
            name,
            partitions: partitions.map((index) => ({ partition: index, result: elect(name, topic, index) })),
          };
        });
  return { records, respond: (appended) => ({ topics, metadataOffset: appended?.lastOffset ?? NO_OFFSET }) };
}

function isNeeded({ leader, replicas }: PartitionState, type: ElectionType): boolean {
  return type === 'PREFERRED' ? leader !== replicas[0] : leader === NO_NODE;
}

function unavailable(type: ElectionType, { replicas }: PartitionState): Result<never> {
  return type === 'PREFERRED'
    ? failure('PREFERRED_LEADER_NOT_AVAILABLE', `broker ${replicas[0]} is not in sync or not active`)
    : failure('ELIGIBLE_LEADERS_NOT_AVAILABLE', `none of brokers ${replicas.join()} is active`);
}

function everywhere(
  image: MetadataImage,
  elect: (name: string, topic: TopicImage, partition: number) => Result<null>,
): PartitionOutcomes['topics'] {
  return [...image.topics()].flatMap((topic) => {
    const partitions: PartitionOutcome[] = [];
    for (let partition = 0; partition < topic.partitionCount; partition++) {
      const result = elect(topic.name, topic, partition);
      if (result.ok || result.error.code !== 'ELECTION_NOT_NEEDED') partitions.push({ partition, result });
    }
    return partitions.length === 0 ? [] : [{ name: topic.name, partitions }];
  });
}
