import type { MetadataImage, MetadataRecord, PartitionChangeRecord, PartitionState } from '@milena/metadata';
import { failure, NO_OFFSET, success, type Failure, type Offset, type Result, type Uuid } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import type { Decision } from '../decision';
import { namedBrokersRefusal } from '../topics/manual-assignment';
import { partitionChange, type PartitionTarget } from './partition-change';
import { partitionRules, type PartitionRules } from './partition-rules';
import { cancelledReassignment, isReassigning, reassignmentTo, targetReplicas } from './reassignment';

/** Most partitions one request may change: their records are one atomic batch. */
export const MAX_CHANGED_PARTITIONS = 10_000;

/** Where the replicas of one partition are to be. */
export interface PartitionReassignment {
  readonly partition: number;
  /** The preferred leader first; undefined cancels what is under way. */
  readonly target: readonly number[] | undefined;
}

/** AlterPartitionReassignments (KIP-455). */
export interface AlterPartitionReassignmentsRequest {
  readonly principal: string;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionReassignment[] }[];
  /** Whether a target may have more or fewer replicas than the partition (KIP-860). */
  readonly allowReplicationFactorChange: boolean;
  readonly validateOnly: boolean;
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/** What became of one partition. */
export interface PartitionOutcome {
  readonly partition: number;
  readonly result: Result<null>;
}

/** Outcomes in the order of the request. */
export interface PartitionOutcomes {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionOutcome[] }[];
  /** Offset of the last record written for it, NO_OFFSET when there was none. */
  readonly metadataOffset: Offset;
}

/**
 * Starts, replaces and cancels reassignments, each partition on its own. A target that is in sync already is reached at
 * once; every later change of the partition completes the reassignment when it brings the last replica of the target into
 * the ISR. Fenced brokers may be targets: the reassignment waits for them.
 */
export function alterPartitionReassignments(
  image: MetadataImage,
  request: AlterPartitionReassignmentsRequest,
  { defaults }: { readonly defaults: ControllerDefaults },
): Decision<PartitionOutcomes> {
  const rulesOf = partitionRules(image, defaults);
  const records: MetadataRecord[] = [];
  const decided = new Set<string>();
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((wanted): PartitionOutcome => {
      const key = `${name}-${wanted.partition}`;
      const change = decided.has(key)
        ? failure('INVALID_REQUEST', `partition ${key} is named twice`)
        : decided.size >= MAX_CHANGED_PARTITIONS
          ? failure('POLICY_VIOLATION', `more than ${MAX_CHANGED_PARTITIONS} partitions in one request`)
          : changeOf(image, name, wanted, { ...request, rules: rulesOf(name) });
      decided.add(key);
      if (!change.ok) return { partition: wanted.partition, result: change };
      if (change.value !== undefined && !request.validateOnly) records.push(change.value);
      return { partition: wanted.partition, result: success(null) };
    }),
  }));
  return { records, respond: (appended) => ({ topics, metadataOffset: appended?.lastOffset ?? NO_OFFSET }) };
}

interface Circumstances {
  readonly allowReplicationFactorChange: boolean;
  readonly rules: PartitionRules;
}

function changeOf(
  image: MetadataImage,
  name: string,
  { partition, target }: PartitionReassignment,
  { allowReplicationFactorChange, rules }: Circumstances,
): Result<PartitionChangeRecord | undefined> {
  const topic = image.topicByName(name);
  const before = topic?.partition(partition);
  if (topic === undefined || before === undefined) {
    return failure('UNKNOWN_TOPIC_OR_PARTITION', `there is no partition ${name}-${partition}`);
  }
  const change = { topicId: topic.id, partition, before, rules };
  if (target === undefined) return cancellation(change);
  const refusal =
    namedBrokersRefusal(image, { partition, brokerIds: target }) ??
    (allowReplicationFactorChange ? undefined : factorRefusal(before, target));
  if (refusal !== undefined) return { ok: false, error: refusal };
  const assignment = reassignmentTo(before, target);
  const isr = before.isr.filter((id) => assignment.replicas.includes(id));
  return changed(change, { ...assignment, isr });
}

function factorRefusal(before: PartitionState, target: readonly number[]): Failure | undefined {
  const { length } = targetReplicas(before);
  if (target.length === length) return undefined;
  const why = `the partition has ${length} replica(s), the target ${target.length}`;
  return failure('INVALID_REPLICATION_FACTOR', why).error;
}

interface Change {
  readonly topicId: Uuid;
  readonly partition: number;
  readonly before: PartitionState;
  readonly rules: PartitionRules;
}

function cancellation(change: Change): Result<PartitionChangeRecord | undefined> {
  const { before } = change;
  if (!isReassigning(before)) return failure('NO_REASSIGNMENT_IN_PROGRESS', 'nothing is being reassigned');
  return changed(change, { ...cancelledReassignment(before), addingReplicas: [], removingReplicas: [] });
}

/** The record; refused when everybody who has every record would go and nobody who stays may lead. */
function changed(
  { topicId, partition, before, rules }: Change,
  target: PartitionTarget & { readonly isr: readonly number[]; readonly replicas: readonly number[] },
): Result<PartitionChangeRecord | undefined> {
  const complete = completeReplicas(before);
  const losesAll = complete.length > 0 && !complete.some((id) => target.replicas.includes(id));
  if (losesAll && !(rules.uncleanAllowed && target.replicas.some((id) => rules.isActive(id)))) {
    return failure(
      'INVALID_REPLICA_ASSIGNMENT',
      `only brokers ${complete.join()} have every record; without them an unclean election would be needed`,
    );
  }
  return success(partitionChange({ topicId, partitionId: partition, before, target, rules }));
}

/** Who has every record there is: the in-sync replicas; where nobody is in sync the eligible ones, else who led last (KIP-966). */
function completeReplicas({ isr, elr, lastKnownElr }: PartitionState): readonly number[] {
  if (isr.length > 0) return isr;
  return elr.length > 0 ? elr : lastKnownElr;
}
