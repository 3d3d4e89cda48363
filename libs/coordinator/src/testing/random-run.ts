import type { ErrorName } from '@milena/model';
import { silentLogger, type Random } from '@milena/platform';
import {
  decodeCoordinatorRecord,
  encodeCoordinatorRecord,
  fetchOffsets,
  GroupCoordinator,
  GroupsImage,
  type Moment,
  type RequestedWrite,
} from '../index';

const GROUP = 'g';
const PARTITIONS = [0, 1, 2, 3];
const SESSION_MS = 10_000;

/** What a client believes. */
interface Client {
  memberId: string;
  generationId: number;
  readonly name: string;
  readonly groupInstanceId?: string;
  /** Partitions it was given in that generation. */
  owned: readonly number[];
  /** Members to share the partitions among, when it leads. */
  members: readonly string[];
  isWaiting: boolean;
  needsJoin: boolean;
  needsSync: boolean;
}

/**
 * One group with clients that do what clients do, on a coordinator that fails over at any time with any part of its writes,
 * in an order that the random source decides. Checks what groups promise: one owner per partition and generation (G1), no
 * commit from an old generation (G2), committed offsets that never go back (G3) and are never lost (G4), a generation that
 * never forms twice with an assignment, an answer for every request, and at the end a group that is stable (G5).
 */
export class RandomRun {
  readonly violations: string[] = [];
  readonly marks = new Set<string>();
  readonly #clients: Client[];
  /** Owner by generation and partition, as clients were told. */
  readonly #owners = new Map<string, string>();
  /** Highest acknowledged offset by partition: every commit commits a higher one. */
  readonly #acknowledged = new Map<number, number>();
  #held: { readonly write: RequestedWrite; readonly image: GroupsImage }[] = [];
  #latest = GroupsImage.empty;
  #committed = GroupsImage.empty;
  #coordinator: GroupCoordinator;
  #nowMs = 0;
  #memberIds = 0;
  #offsets = 0;
  #open = 0;

  constructor(private readonly random: Random) {
    this.#clients = ['a', 'b', 'c', 'd'].map((name, index) => ({
      name,
      ...(index === 3 ? { groupInstanceId: 'static' } : {}),
      memberId: '',
      generationId: -1,
      owned: [],
      members: [],
      isWaiting: false,
      needsJoin: true,
      needsSync: false,
    }));
    this.#coordinator = this.#begin();
  }

  step(): void {
    const client = this.#clients[this.random.below(this.#clients.length)];
    const dice = this.random.below(100);
    if (client === undefined) return;
    if (dice < 55) this.#act(client);
    else if (dice < 75) this.#commitSome();
    else if (dice < 92) this.#pass(this.random.below(2000));
    else if (dice < 95) this.#forget(client);
    else if (dice < 97) this.#leave(client);
    else if (dice < 98) this.#refuseWrites();
    else this.#failover();
  }

  /** Lets everything heal: all clients go on until the group is stable with all of them. */
  finish(): void {
    const isSettled = (): boolean =>
      this.#coordinator.describeGroup(GROUP).state === 'Stable' &&
      this.#clients.every(({ needsJoin, needsSync, isWaiting }) => !needsJoin && !needsSync && !isWaiting);
    for (let round = 0; round < 2000 && !isSettled(); round += 1) {
      for (const client of this.#clients) this.#act(client);
      this.#commitSome();
      this.#pass(100);
    }
    if (!isSettled()) this.violations.push(`not stable at the end: ${this.#coordinator.describeGroup(GROUP).state}`);
    this.#failover();
    if (this.#open !== 0) this.violations.push(`${this.#open} requests without an answer`);
  }

  #act(client: Client): void {
    if (client.isWaiting) return;
    if (client.needsJoin) this.#join(client);
    else if (client.needsSync) this.#sync(client);
    else if (this.random.below(3) === 0) this.#commit(client);
    else this.#heartbeat(client);
  }

  #join(client: Client): void {
    const { name, memberId, groupInstanceId } = client;
    const instance = groupInstanceId === undefined ? {} : { groupInstanceId };
    const request = {
      ...{ groupId: GROUP, memberId, ...instance, clientId: name, clientHost: '/', protocolType: 'consumer' },
      protocols: [{ name: 'range', metadata: Buffer.of(0, 0, 0, 0, 0, 0) }],
      ...{ sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: 5000 },
      ...{ requiresKnownMemberId: this.random.below(2) === 0, supportsSkippingAssignment: true },
    };
    this.#asked(client);
    this.#coordinator.joinGroup(request, this.#now(), (response) => {
      this.#answered(client);
      if (response.memberId !== '') client.memberId = response.memberId;
      if (response.error === 'UNKNOWN_MEMBER_ID' || response.error === 'FENCED_INSTANCE_ID') client.memberId = '';
      if (response.error !== 'NONE') return;
      client.generationId = response.generationId;
      client.members = response.members.map((member) => member.memberId);
      client.owned = [];
      client.needsJoin = false;
      client.needsSync = true;
    });
  }

  #sync(client: Client): void {
    const { members } = client;
    const shares = members.map((memberId, index) => ({
      memberId,
      assignment: Buffer.from(PARTITIONS.filter((partition) => partition % members.length === index)),
    }));
    this.#asked(client);
    const { generationId } = client;
    this.#coordinator.syncGroup({ ...this.#claim(client), assignments: shares }, this.#now(), (response) => {
      this.#answered(client);
      client.needsSync = false;
      if (response.error !== 'NONE') return this.#refused(client, response.error);
      client.owned = [...response.assignment];
      for (const partition of client.owned) this.#own(generationId, partition, client);
    });
  }

  #own(generationId: number, partition: number, { name, groupInstanceId }: Client): void {
    const key = `generation ${generationId} partition ${partition}`;
    const owner = groupInstanceId ?? name;
    const known = this.#owners.get(key) ?? owner;
    if (known !== owner) this.violations.push(`G1: ${key} belongs to ${known} and ${owner}`);
    this.#owners.set(key, known);
  }

  #heartbeat(client: Client): void {
    this.#asked(client);
    this.#coordinator.heartbeat(this.#claim(client), this.#now(), ({ error }) => {
      this.#answered(client);
      if (error !== 'NONE') this.#refused(client, error);
    });
  }

  #commit(client: Client): void {
    const [partition] = client.owned;
    if (partition === undefined) return;
    const offset = (this.#offsets += 1);
    const claim = this.#claim(client);
    const isOld = this.random.below(10) === 0;
    const generationId = isOld ? claim.generationId - 1 : claim.generationId;
    const topics = [{ topic: 't', partitions: [{ partition, offset, leaderEpoch: -1, metadata: '' }] }];
    this.#asked(client);
    this.#coordinator.commitOffsets({ ...claim, generationId, topics }, this.#now(), (response) => {
      this.#answered(client);
      const error = response.topics[0]?.partitions[0]?.error ?? 'NONE';
      if (error !== 'NONE') {
        if (error === 'ILLEGAL_GENERATION') this.marks.add('commit of an old generation refused');
        return this.#refused(client, error);
      }
      this.marks.add('commit accepted');
      if (isOld) this.violations.push(`G2: ${client.name} has committed in generation ${generationId}`);
      this.#acknowledged.set(partition, Math.max(offset, this.#acknowledged.get(partition) ?? 0));
      this.#checkOffsets();
    });
  }

  #checkOffsets(): void {
    for (const [partition, acknowledged] of this.#acknowledged) {
      const { topics } = fetchOffsets(this.#committed, {
        groupId: GROUP,
        topics: [{ topic: 't', partitions: [partition] }],
      });
      const offset = topics[0]?.partitions[0]?.offset ?? -1;
      if (offset < acknowledged) this.violations.push(`G3/G4: ${acknowledged} was acknowledged, ${offset} is told`);
    }
  }

  #refused(client: Client, error: ErrorName): void {
    if (error === 'UNKNOWN_MEMBER_ID' || error === 'FENCED_INSTANCE_ID') client.memberId = '';
    const isTransient = error === 'NOT_COORDINATOR' || error === 'COORDINATOR_NOT_AVAILABLE';
    if (isTransient && !client.needsSync && client.owned.length > 0) return;
    client.needsJoin = true;
    client.needsSync = false;
    client.owned = [];
  }

  /** The client's process dies and another begins: a static one keeps its name, the others are strangers. */
  #forget(client: Client): void {
    if (client.isWaiting) return;
    Object.assign(client, { memberId: '', generationId: -1, owned: [], needsJoin: true, needsSync: false });
  }

  #leave(client: Client): void {
    if (client.isWaiting || client.memberId === '') return;
    const { memberId } = client;
    this.#asked(client);
    this.#coordinator.leaveGroup({ groupId: GROUP, members: [{ memberId }] }, this.#now(), () =>
      this.#answered(client),
    );
    this.#forget(client);
  }

  #pass(ms: number): void {
    this.#nowMs += ms;
    this.#coordinator.advance(this.#now());
  }

  /** Commits some of what was written, oldest first. */
  #commitSome(): void {
    for (const { write, image } of this.#held.splice(0, 1 + this.random.below(3))) {
      this.#committed = image;
      write.settled(undefined, this.#now());
    }
  }

  /** The wait for the oldest write is over; it may still be committed later. */
  #refuseWrites(): void {
    const [held] = this.#held;
    if (held === undefined) return;
    const { write, image } = held;
    this.#held[0] = { image, write: { ...write, settled: () => undefined } };
    write.settled('REQUEST_TIMED_OUT', this.#now());
  }

  #failover(): void {
    this.marks.add(`failover while ${this.#coordinator.describeGroup(GROUP).state}`);
    // The next leader may have any beginning of what was written.
    const survivors = this.random.below(this.#held.length + 1);
    const lost = this.#held.splice(0);
    for (const { image } of lost.slice(0, survivors)) this.#committed = image;
    const former = this.#coordinator;
    former.close(this.#now());
    for (const { write } of lost) write.settled('NOT_COORDINATOR', this.#now());
    this.#held = [];
    this.#latest = this.#committed;
    this.#coordinator = this.#begin();
    this.#checkOffsets();
  }

  #begin(): GroupCoordinator {
    const coordinator: GroupCoordinator = new GroupCoordinator({
      settings: {
        ...{ initialRebalanceDelayMs: 1000, sessionTimeoutMinMs: 1, sessionTimeoutMaxMs: 60_000, membersMax: 10 },
        ...{ offsetMetadataMax: 10, offsetsRetentionMs: 1e9, retentionCheckMs: 1e9 },
      },
      logger: silentLogger,
      image: () => this.#latest,
      newMemberId: (prefix) => `${prefix}-${(this.#memberIds += 1)}`,
      outputs: {
        write: (write) => {
          if (this.#coordinator !== coordinator) return;
          const records = write.records.map((record) => decodeCoordinatorRecord(encodeCoordinatorRecord(record)));
          this.#latest = this.#latest.replay(records);
          this.#held.push({ write, image: this.#latest });
        },
        count: () => undefined,
      },
    });
    coordinator.load(this.#now());
    return coordinator;
  }

  #claim({ memberId, generationId, groupInstanceId }: Client) {
    const instance = groupInstanceId === undefined ? {} : { groupInstanceId };
    return { groupId: GROUP, memberId, generationId, ...instance };
  }

  #asked(client: Client): void {
    client.isWaiting = true;
    this.#open += 1;
  }

  #answered(client: Client): void {
    client.isWaiting = false;
    this.#open -= 1;
  }

  #now(): Moment {
    return { monotonicMs: this.#nowMs, wallMs: this.#nowMs };
  }
}
