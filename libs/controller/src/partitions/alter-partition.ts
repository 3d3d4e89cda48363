import {
  isActiveBroker,
  type LeaderRecoveryState,
  type MetadataImage,
  type MetadataRecord,
  type PartitionState,
} from '@milena/metadata';
import { failure, success, type Failure, type Offset, NO_OFFSET, type Result, type Uuid } from '@milena/model';
import { defaultDirectory, hasDirectory } from '../brokers/broker-directories';
import { checkBrokerEpoch } from '../brokers/check-broker-epoch';
import type { ControllerDefaults } from '../controller-defaults';
import { decide, type Decision } from '../decision';
import { partitionAfter } from './partition-after';
import { partitionChange } from './partition-change';
import { partitionRules, type PartitionRules } from './partition-rules';

/** A member of a proposed ISR. `brokerEpoch` is the one the leader saw in its fetches, -1 when it saw none (KIP-903). */
export interface IsrMember {
  readonly brokerId: number;
  readonly brokerEpoch: number;
}

/** The change proposed for one partition. */
export interface AlterPartitionProposal {
  readonly partition: number;
  readonly leaderEpoch: number;
  /** The partition epoch the proposal builds on. */
  readonly partitionEpoch: number;
  readonly newIsr: readonly IsrMember[];
  readonly leaderRecoveryState: LeaderRecoveryState;
  /** The `min.insync.replicas` that the leader commits by; 0 when it does not say. */
  readonly minInsyncReplicas: number;
}

/** AlterPartition (KIP-497): a leader proposes ISR changes. */
export interface AlterPartitionRequest {
  readonly principal: string;
  readonly brokerId: number;
  readonly brokerEpoch: number;
  readonly topics: readonly { readonly topicId: Uuid; readonly partitions: readonly AlterPartitionProposal[] }[];
}

/** What became of one proposal: the partition as it then is, or why not. */
export interface AlterPartitionOutcome {
  readonly partition: number;
  readonly result: Result<AlteredPartition>;
}

/** What a leader needs to know of its partition. */
export type AlteredPartition = Pick<
  PartitionState,
  'leader' | 'leaderEpoch' | 'isr' | 'leaderRecoveryState' | 'partitionEpoch'
>;

/** Answer to AlterPartition. */
export interface AlterPartitionResponse {
  readonly topics: readonly { readonly topicId: Uuid; readonly partitions: readonly AlterPartitionOutcome[] }[];
  /** Offset of the last record written for it, NO_OFFSET when there was none. */
  readonly metadataOffset: Offset;
}

/**
 * Decides each proposal on its own, one for a partition, because all build on the same image. The request fails as a whole
 * only when the sender's broker epoch is not current. The order of checks is KRaft's; a leader learns from the error
 * whether it, or this controller, is behind.
 */
export function alterPartition(
  image: MetadataImage,
  request: AlterPartitionRequest,
  { defaults }: { readonly defaults: ControllerDefaults },
): Decision<Result<AlterPartitionResponse>> {
  const checked = checkBrokerEpoch(image, request);
  if (!checked.ok) return decide([], checked);
  const records: MetadataRecord[] = [];
  const decided = new Set<string>();
  const topics = request.topics.map(({ topicId, partitions }) => ({
    topicId,
    partitions: partitions.map((proposal): AlterPartitionOutcome => {
      const { partition } = proposal;
      const name = `${topicId}-${partition}`;
      const refusal = decided.has(name)
        ? refuse('INVALID_REQUEST', `partition ${name} is named twice`)
        : refusalOf(image, request.brokerId, topicId, proposal);
      decided.add(name);
      if (refusal !== undefined) return { partition, result: { ok: false, error: refusal } };
      return { partition, result: accept(image, topicId, proposal, defaults, records) };
    }),
  }));
  return {
    records,
    respond: (appended) => success({ topics, metadataOffset: appended?.lastOffset ?? NO_OFFSET }),
  };
}

function refusalOf(
  image: MetadataImage,
  sender: number,
  topicId: Uuid,
  proposal: AlterPartitionProposal,
): Failure | undefined {
  if (image.topicById(topicId) === undefined) return refuse('UNKNOWN_TOPIC_ID', `there is no topic ${topicId}`);
  const state = image.partition(topicId, proposal.partition);
  if (state === undefined) {
    return refuse('UNKNOWN_TOPIC_OR_PARTITION', `topic ${topicId} has no partition ${proposal.partition}`);
  }
  return epochRefusal(state, sender, proposal) ?? isrRefusal(state, proposal) ?? memberRefusal(image, proposal);
}

function epochRefusal(state: PartitionState, sender: number, proposal: AlterPartitionProposal): Failure | undefined {
  const { leaderEpoch, partitionEpoch } = proposal;
  if (leaderEpoch > state.leaderEpoch || partitionEpoch > state.partitionEpoch) {
    return refuse('NOT_CONTROLLER', 'the proposal builds on a state this controller has not seen');
  }
  if (leaderEpoch < state.leaderEpoch) {
    return refuse('FENCED_LEADER_EPOCH', `leader epoch ${leaderEpoch} is over, it is ${state.leaderEpoch}`);
  }
  if (sender !== state.leader) return refuse('INVALID_REQUEST', `broker ${sender} is not the leader`);
  if (partitionEpoch < state.partitionEpoch) {
    return refuse('INVALID_UPDATE_VERSION', `partition epoch is ${state.partitionEpoch}, not ${partitionEpoch}`);
  }
  return undefined;
}

function isrRefusal(
  state: PartitionState,
  { newIsr, leaderRecoveryState }: AlterPartitionProposal,
): Failure | undefined {
  const ids = newIsr.map(({ brokerId }) => brokerId);
  if (new Set(ids).size < ids.length || !ids.every((id) => state.replicas.includes(id))) {
    return refuse('INVALID_REQUEST', `ISR [${ids.join()}] is not a set of the replicas [${state.replicas.join()}]`);
  }
  if (!ids.includes(state.leader)) {
    return refuse('INVALID_REQUEST', `ISR [${ids.join()}] does not contain the leader ${state.leader}`);
  }
  if (leaderRecoveryState === 'RECOVERING') {
    if (ids.length > 1) return refuse('INVALID_REQUEST', 'a leader that is recovering must be alone in the ISR');
    if (state.leaderRecoveryState === 'RECOVERED') {
      return refuse('INVALID_REQUEST', 'a leader that has recovered cannot be recovering again');
    }
  }
  return undefined;
}

function memberRefusal(image: MetadataImage, { newIsr }: AlterPartitionProposal): Failure | undefined {
  for (const { brokerId, brokerEpoch } of newIsr) {
    const broker = image.broker(brokerId);
    const ineligible = (why: string) => refuse('INELIGIBLE_REPLICA', `broker ${brokerId} ${why}`);
    if (broker === undefined) return ineligible('is not registered');
    if (!isActiveBroker(broker)) return ineligible(broker.fenced ? 'is fenced' : 'is shutting down');
    if (brokerEpoch !== -1 && brokerEpoch !== broker.epoch) {
      return ineligible(`was seen with epoch ${brokerEpoch} and now has ${broker.epoch}`);
    }
  }
  return undefined;
}

/**
 * The rules for a proposal. A leader that has not heard yet that min.insync.replicas was raised goes on committing by the
 * former value: whoever it drops from the ISR may lack what it acknowledges then, so the smaller of the two counts.
 */
function rulesFor(
  image: MetadataImage,
  topicId: Uuid,
  { minInsyncReplicas }: AlterPartitionProposal,
  defaults: ControllerDefaults,
): PartitionRules {
  const rules = partitionRules(image, defaults)(image.topicById(topicId)?.name ?? '');
  return { ...rules, minInsyncReplicas: Math.min(rules.minInsyncReplicas, minInsyncReplicas) };
}

/**
 * The partition after an accepted proposal; its record, if anything changes, goes to `records`. NEW_LEADER_ELECTED when the
 * new ISR completes a reassignment that takes the sender away: it must fetch metadata first.
 */
function accept(
  image: MetadataImage,
  topicId: Uuid,
  proposal: AlterPartitionProposal,
  defaults: ControllerDefaults,
  records: MetadataRecord[],
): Result<AlteredPartition> {
  const before = image.partition(topicId, proposal.partition) as PartitionState;
  const members = new Set(proposal.newIsr.map(({ brokerId }) => brokerId));
  const record = partitionChange({
    topicId,
    partitionId: proposal.partition,
    before,
    target: {
      isr: sameMembers(before.isr, members) ? before.isr : before.replicas.filter((id) => members.has(id)),
      directories: currentDirectories(image, before, members),
      leaderRecoveryState: proposal.leaderRecoveryState,
    },
    rules: rulesFor(image, topicId, proposal, defaults),
  });
  if (record !== undefined) records.push(record);
  const { leader, leaderEpoch, isr, leaderRecoveryState, partitionEpoch } = partitionAfter(before, record);
  if (leader !== before.leader) return failure('NEW_LEADER_ELECTED', `broker ${leader} leads once the ISR has changed`);
  return success({ leader, leaderEpoch, isr, leaderRecoveryState, partitionEpoch });
}

/** A member that is in sync has its records in a directory it has now, whatever was known before. */
function currentDirectories(
  image: MetadataImage,
  before: PartitionState,
  members: ReadonlySet<number>,
): ReadonlyMap<number, Uuid> {
  const moved = before.replicas.filter((id, index) => {
    const directory = before.directories[index];
    return members.has(id) && directory !== undefined && !hasDirectory(image.broker(id), directory);
  });
  return new Map(moved.map((id) => [id, defaultDirectory(image.broker(id))]));
}

function sameMembers(isr: readonly number[], members: ReadonlySet<number>): boolean {
  return isr.length === members.size && isr.every((id) => members.has(id));
}

function refuse(code: Failure['code'], message: string): Failure {
  return failure(code, message).error;
}
