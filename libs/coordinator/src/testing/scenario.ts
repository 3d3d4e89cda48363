import { consumerSubscription } from '@milena/kafka-protocol';
import type { ErrorName } from '@milena/model';
import { silentLogger } from '@milena/platform';
import {
  decodeCoordinatorRecord,
  encodeCoordinatorRecord,
  fetchOffsets,
  GroupCoordinator,
  GroupsImage,
  listGroups,
  type CoordinatorRecord,
  type GroupSettings,
  type JoinGroupRequest,
  type Moment,
  type RequestedWrite,
  type SyncGroupRequest,
} from '../index';
import { shownJoin, shownRecord, shownSync } from './shown';

/** A wall clock that is easy to tell from the monotonic one. */
const WALL_START_MS = 1_000_000;

const SETTINGS: GroupSettings = {
  initialRebalanceDelayMs: 0,
  sessionTimeoutMinMs: 6_000,
  sessionTimeoutMaxMs: 1_800_000,
  membersMax: 1_000,
  offsetMetadataMax: 20,
  offsetsRetentionMs: 7 * 86_400_000,
  retentionCheckMs: 600_000,
};

/** What a client of a scenario knows about its membership. */
interface Client {
  memberId: string;
  generationId: number;
}

/**
 * One coordinator with clients named by letters, on a log whose records are committed at once unless they are held back.
 * What happens is noted as lines of text.
 */
export class Scenario {
  readonly lines: string[] = [];
  isHolding = false;
  #settings: GroupSettings;
  readonly #clients = new Map<string, Client>();
  #coordinator: GroupCoordinator;
  #latest = GroupsImage.empty;
  #committed = GroupsImage.empty;
  #held: { readonly write: RequestedWrite; readonly image: GroupsImage }[] = [];
  #unsettled: (() => void)[] = [];
  #memberIds = 0;
  #nowMs = 0;

  constructor(settings: Partial<GroupSettings> = {}) {
    this.#settings = { ...SETTINGS, ...settings };
    this.#coordinator = this.#begin();
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  client(name: string): Client {
    const client = this.#clients.get(name) ?? { memberId: '', generationId: -1 };
    this.#clients.set(name, client);
    return client;
  }

  join(
    name: string,
    request: Partial<JoinGroupRequest> & { readonly groupId: string; readonly topics: string[] },
  ): void {
    const client = this.client(name);
    const { topics, ...rest } = request;
    const metadata = consumerSubscription.encode(0, { topics });
    const full: JoinGroupRequest = {
      memberId: client.memberId,
      clientId: name,
      clientHost: `/${name}`,
      protocolType: 'consumer',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      requiresKnownMemberId: false,
      supportsSkippingAssignment: true,
      ...rest,
      protocols: rest.protocols?.map((protocol) => ({ ...protocol, metadata })) ?? [{ name: 'range', metadata }],
    };
    this.#coordinator.joinGroup(full, this.#now(), (response) => {
      if (response.memberId !== '') client.memberId = response.memberId;
      if (response.error === 'NONE') client.generationId = response.generationId;
      if (response.error === 'UNKNOWN_MEMBER_ID') client.memberId = '';
      this.lines.push(`${name}: ${shownJoin(response)}`);
    });
    this.#settle();
  }

  sync(name: string, request: SyncGroupRequest): void {
    this.#coordinator.syncGroup(request, this.#now(), (response) => {
      this.lines.push(`${name}: ${shownSync(response)}`);
    });
    this.#settle();
  }

  heartbeat(name: string, request: Parameters<GroupCoordinator['heartbeat']>[0]): void {
    this.#coordinator.heartbeat(request, this.#now(), ({ error }) => this.lines.push(`${name}: ${error}`));
    this.#settle();
  }

  leave(request: Parameters<GroupCoordinator['leaveGroup']>[0]): void {
    this.#coordinator.leaveGroup(request, this.#now(), ({ error, members }) => {
      const outcomes = members.map((member) => `${member.groupInstanceId ?? member.memberId} ${member.error}`);
      this.lines.push(`left: ${error === 'NONE' ? outcomes.join(', ') : error}`);
    });
    this.#settle();
  }

  commit(name: string, request: Parameters<GroupCoordinator['commitOffsets']>[0]): void {
    this.#coordinator.commitOffsets(request, this.#now(), ({ topics }) => {
      this.lines.push(`${name}: committed ${shownOutcomes(topics)}`);
    });
    this.#settle();
  }

  deleteOffsets(request: Parameters<GroupCoordinator['deleteOffsets']>[0]): void {
    this.#coordinator.deleteOffsets(request, this.#now(), ({ error, topics }) => {
      this.lines.push(`deleted: ${error === 'NONE' ? shownOutcomes(topics) : error}`);
    });
    this.#settle();
  }

  deleteGroup(groupId: string): void {
    this.#coordinator.deleteGroup(groupId, this.#now(), ({ error }) => this.lines.push(`deleted: ${error}`));
    this.#settle();
  }

  topicsDeleted(topics: readonly string[]): void {
    this.#coordinator.topicsDeleted(topics, this.#now());
    this.#settle();
  }

  fetch(request: Parameters<typeof fetchOffsets>[1]): void {
    const { topics } = fetchOffsets(this.#committed, request);
    const offsets = topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => `${topic}-${partition}=${offset}`),
    );
    this.lines.push(`fetched ${offsets.join(' ') || 'nothing'}`);
  }

  describe(groupId: string): void {
    const { state, protocolType, protocol, members } = this.#coordinator.describeGroup(groupId);
    const shown = members.map(({ memberId, groupInstanceId, assignment }) =>
      [memberId, groupInstanceId, assignment.toString()].filter((part) => part !== undefined && part !== '').join(' '),
    );
    this.lines.push([state, protocolType, protocol, `[${shown.join(', ')}]`].filter((part) => part !== '').join(' '));
  }

  list(states: readonly string[], types: readonly string[]): void {
    for (const group of listGroups(this.#coordinator.groups, this.#committed, { states, types })) {
      this.lines.push([group.groupId, group.state, group.protocolType].filter((part) => part !== '').join(' '));
    }
  }

  /** Lets time pass, deadline by deadline. */
  wait(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      const next = this.#coordinator.nextDeadlineMs;
      if (next === undefined || next > end) break;
      this.#advance(Math.max(next, this.#nowMs));
    }
    this.#advance(end);
  }

  /** Commits what was held back, or lets it fail. */
  release(error?: ErrorName): void {
    this.isHolding = false;
    for (const { write, image } of this.#held.splice(0)) {
      if (error === undefined) this.#committed = image;
      this.#unsettled.push(() => write.settled(error, this.#now()));
    }
    if (error !== undefined) this.#latest = this.#committed;
    this.#settle();
  }

  /** The coordinator is lost with what was not committed; another one, perhaps with other settings, loads the log. */
  failover(settings: Partial<GroupSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#coordinator.close(this.#now());
    for (const { write } of this.#held.splice(0)) write.settled('NOT_COORDINATOR', this.#now());
    this.isHolding = false;
    this.#latest = this.#committed;
    this.#coordinator = this.#begin();
    this.#settle();
  }

  #advance(toMs: number): void {
    this.#nowMs = toMs;
    const before = this.lines.length;
    this.#coordinator.advance(this.#now());
    this.#settle();
    if (this.lines.length > before) this.lines.splice(before, 0, `at ${toMs}:`);
  }

  #begin(): GroupCoordinator {
    const coordinator = new GroupCoordinator({
      settings: this.#settings,
      logger: silentLogger,
      image: () => this.#latest,
      newMemberId: (prefix) => `${prefix}-${(this.#memberIds += 1)}`,
      outputs: { write: (write) => this.#append(write), count: () => undefined },
    });
    coordinator.load(this.#now());
    return coordinator;
  }

  #append(write: RequestedWrite): void {
    // Through their bytes, as everything that is kept goes.
    const records = write.records.map((record): CoordinatorRecord =>
      decodeCoordinatorRecord(encodeCoordinatorRecord(record)),
    );
    this.#latest = this.#latest.replay(records);
    this.lines.push(...records.map(shownRecord));
    this.#held.push({ write, image: this.#latest });
  }

  #settle(): void {
    do {
      if (!this.isHolding) {
        for (const { write, image } of this.#held.splice(0)) {
          this.#committed = image;
          this.#unsettled.push(() => write.settled(undefined, this.#now()));
        }
      }
      for (const settle of this.#unsettled.splice(0)) settle();
    } while (this.#unsettled.length > 0 || (this.#held.length > 0 && !this.isHolding));
  }

  #now(): Moment {
    return { monotonicMs: this.#nowMs, wallMs: WALL_START_MS + this.#nowMs };
  }
}

function shownOutcomes(
  topics: readonly { topic: string; partitions: readonly { partition: number; error: ErrorName }[] }[],
): string {
  return topics
    .flatMap(({ topic, partitions }) => partitions.map(({ partition, error }) => `${topic}-${partition} ${error}`))
    .join(', ');
}
