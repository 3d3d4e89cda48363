import type { CommitOffsetsRequest, JoinGroupRequest, JoinGroupResponse } from '@milena/coordinator';
import type { PartitionChangeRecord } from '@milena/metadata';
import { NO_NODE } from '@milena/model';
import { BrokerScene, type SceneOptions } from '../../testing/broker-scene';
import type { GroupCoordinators } from '../group-coordinators';
import { OFFSETS_TOPIC } from '../offsets-topic';

/** An answer that may still be open. */
export interface Pending<T> {
  value: T | undefined;
}

/** Folder of a broker's state store. */
export const STORE_FOLDER = '/data/.coordinator-state';

/** Brokers of which one coordinates: `__consumer_offsets` has one partition, and the first generation forms at once. */
export class GroupScene extends BrokerScene {
  constructor({ config = {}, ...options }: SceneOptions = {}) {
    super({
      ...options,
      config: { 'offsets.topic.num.partitions': '1', 'group.initial.rebalance.delay.ms': '0', ...config },
    });
  }

  groups(id: number): GroupCoordinators {
    return this.broker(id).server.context.groups;
  }

  /** The broker that coordinates. */
  get coordinatorId(): number {
    return this.log.image.topicByName(OFFSETS_TOPIC)?.partition(0)?.leader ?? NO_NODE;
  }

  /** Starts brokers and has the first of them look for a coordinator until there is one at work. */
  async startGroups(...ids: readonly number[]): Promise<void> {
    await this.start(...ids);
    await this.time.resolve(this.groups(ids[0] ?? 1).locate('g'), 60_000);
    await this.awaitCoordinator();
  }

  /** Waits until the coordinator has loaded its groups. */
  async awaitCoordinator(withinMs = 60_000): Promise<void> {
    for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 10) {
      if (this.coordinatorId !== NO_NODE && (await this.errorAt(this.coordinatorId)) === 'NONE') return;
      await this.time.advance(10);
    }
    throw new Error('there is no coordinator at work');
  }

  /** Error with which a broker answers who asks it for a group. */
  async errorAt(id: number): Promise<string> {
    return (await this.time.resolve(this.groups(id).describeGroup('g'))).error;
  }

  /** Moves the coordinator. */
  change(change: Omit<PartitionChangeRecord, 'type' | 'topicId' | 'partitionId'>): void {
    const topic = this.log.image.topicByName(OFFSETS_TOPIC);
    if (topic === undefined) throw new Error('there is no coordinator');
    this.log.append([{ type: 'PartitionChangeRecord', topicId: topic.id, partitionId: 0, ...change }]);
  }

  /** Joins as the only member and has everything assigned to itself; the answer to the join. */
  async joinAlone(id: number, groupId: string): Promise<JoinGroupResponse> {
    const joined = await this.time.resolve(this.groups(id).joinGroup(joining(groupId)));
    const { memberId, generationId } = joined;
    const assignments = [{ memberId, assignment: Buffer.from('all') }];
    const synced = await this.time.resolve(this.groups(id).syncGroup({ groupId, memberId, generationId, assignments }));
    if (synced.error !== 'NONE') throw new Error(`sync answered ${synced.error}`);
    return joined;
  }

  /** Commits one offset; the error it is answered with. */
  async commit(
    id: number,
    request: { groupId: string; offset: number } & Partial<CommitOffsetsRequest>,
  ): Promise<string> {
    const { topics } = await this.time.resolve(this.groups(id).commitOffsets(committing(request)), 60_000);
    return topics[0]?.partitions[0]?.error ?? 'no answer';
  }

  /** The offset that a broker tells for partition 0 of `events`, or its error. */
  async committed(id: number, groupId: string): Promise<number | string> {
    const topics = [{ topic: 'events', partitions: [0] }];
    const fetched = await this.time.resolve(this.groups(id).fetchOffsets({ groupId, topics }));
    return fetched.error === 'NONE' ? (fetched.topics[0]?.partitions[0]?.offset ?? -1) : fetched.error;
  }

  /** Everything a coordinator tells of its groups. */
  async told(id: number): Promise<unknown> {
    const groups = this.groups(id);
    const listed = await this.time.resolve(groups.listGroups({ states: [], types: [] }));
    const details = listed.groups.map(async ({ groupId }) => ({
      description: await groups.describeGroup(groupId),
      offsets: await groups.fetchOffsets({ groupId }),
    }));
    return { listed, details: await this.time.resolve(Promise.all(details)) };
  }
}

/** A request to join with one protocol. */
export function joining(groupId: string, memberId = ''): JoinGroupRequest {
  return {
    groupId,
    memberId,
    clientId: 'spec',
    clientHost: '/127.0.0.1',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('metadata') }],
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 20_000,
    requiresKnownMemberId: false,
    supportsSkippingAssignment: true,
  };
}

/** A commit of one offset for partition 0 of `events`. */
export function committing({
  groupId,
  offset,
  ...rest
}: { groupId: string; offset: number } & Partial<CommitOffsetsRequest>): CommitOffsetsRequest {
  const partitions = [{ partition: 0, offset, leaderEpoch: -1, metadata: '' }];
  return { groupId, generationId: -1, memberId: '', topics: [{ topic: 'events', partitions }], ...rest };
}

/** Looks at an answer without waiting for it. */
export function pending<T>(promise: Promise<T>): Pending<T> {
  const answer: Pending<T> = { value: undefined };
  void promise.then((value) => (answer.value = value));
  return answer;
}
