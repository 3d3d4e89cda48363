import type { Deadline } from '../deadlines';
import type { GroupState } from '../group-views';
import type { GroupProtocol } from '../membership-requests';
import type { GroupMember } from './group-member';
import { subscribedTopics } from './subscribed-topics';

/** The two times a group waits for its members. */
export interface GroupDeadlines {
  /** The generation is formed without those who have not joined by then. */
  readonly join: Deadline;
  /** Who has not asked for its assignment by then is given up. */
  readonly sync: Deadline;
}

/** How an empty group waits for more members after the first one. */
export interface Gathering {
  /** The wait at present. */
  readonly delayMs: number;
  /** How much longer it may be prolonged. */
  readonly remainingMs: number;
  /** Whether somebody joined since the wait was last prolonged. */
  readonly hasGrown: boolean;
}

/**
 * A classic group as its coordinator holds it: what is kept, and what only the present coordinator knows. Legal changes of
 * state:
 *
 *   Empty -> PreparingRebalance -> CompletingRebalance -> Stable -> PreparingRebalance
 *   CompletingRebalance -> PreparingRebalance, PreparingRebalance -> Empty, Empty -> Dead -> Empty (a deletion that failed)
 *
 * It keeps no rules about who may do what; those are in one file per request.
 */
export class ClassicGroup {
  state: GroupState = 'Empty';
  /** The state before the present one. */
  previousState: GroupState = 'Empty';
  generationId = 0;
  /** Undefined until the first member joined: a group of offsets only. */
  protocolType: string | undefined;
  /** The protocol of the present generation. */
  protocolName: string | undefined;
  leaderId: string | undefined;
  /** Wall clock of the last change of state, milliseconds; -1 unknown. */
  stateTimestamp = -1;
  /** Set while an empty group gathers its first members (`group.initial.rebalance.delay.ms`). */
  gathering: Gathering | undefined;
  /** The generation whose assignment is on its way into the log. */
  assigningGeneration: number | undefined;
  /** In the order in which they joined. */
  readonly members = new Map<string, GroupMember>();
  /** Ids given out to clients that have not come back with them yet (KIP-394), with the time until which they may. */
  readonly pendingMembers = new Map<string, Deadline>();
  /** Member ids by instance id (KIP-345). */
  readonly staticMembers = new Map<string, string>();
  /** Members of the present generation that have not asked for their assignment. */
  readonly pendingSync = new Set<string>();
  readonly #supporters = new Map<string, number>();
  #subscribedTopics: ReadonlySet<string> | undefined;

  constructor(
    readonly groupId: string,
    readonly deadlines: GroupDeadlines,
  ) {}

  /** Nothing would be lost by forgetting this group: what is kept tells as much. */
  get isVacant(): boolean {
    return (
      this.state === 'Empty' &&
      this.generationId === 0 &&
      this.protocolType === undefined &&
      this.members.size === 0 &&
      this.pendingMembers.size === 0
    );
  }

  /** Whether everybody who could be part of the next generation waits for it. */
  get hasAllMembersJoined(): boolean {
    if (this.pendingMembers.size > 0) return false;
    for (const member of this.members.values()) if (member.awaitingJoin === undefined) return false;
    return true;
  }

  get awaitingJoinCount(): number {
    let count = 0;
    for (const member of this.members.values()) if (member.awaitingJoin !== undefined) count += 1;
    return count;
  }

  /** The group waits as long as its slowest member asks for. */
  get rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const { traits } of this.members.values()) longest = Math.max(longest, traits.rebalanceTimeoutMs);
    return longest;
  }

  /** Topics the members of the present generation read; undefined when that cannot be known. */
  get subscribedTopics(): ReadonlySet<string> | undefined {
    return this.#subscribedTopics;
  }

  transitionTo(state: GroupState, wallMs: number): void {
    this.previousState = this.state;
    this.state = state;
    this.stateTimestamp = wallMs;
  }

  add(member: GroupMember, protocolType: string): void {
    if (this.members.size === 0) this.protocolType = protocolType;
    this.members.set(member.memberId, member);
    this.pendingMembers.delete(member.memberId);
    if (member.groupInstanceId !== undefined) this.staticMembers.set(member.groupInstanceId, member.memberId);
    this.leaderId ??= member.memberId;
    this.#countProtocols(member, 1);
  }

  remove(member: GroupMember): void {
    if (!this.members.delete(member.memberId)) return;
    const { groupInstanceId, memberId } = member;
    if (groupInstanceId !== undefined && this.staticMembers.get(groupInstanceId) === memberId) {
      this.staticMembers.delete(groupInstanceId);
    }
    this.pendingSync.delete(memberId);
    if (this.leaderId === memberId) this.leaderId = this.members.keys().next().value;
    this.#countProtocols(member, -1);
  }

  /** Puts a static member's next life in the place of its former one; order and leadership stay. */
  replace(former: GroupMember, member: GroupMember): void {
    const others = [...this.members.values()];
    this.members.clear();
    for (const other of others) {
      const next = other === former ? member : other;
      this.members.set(next.memberId, next);
    }
    this.#countProtocols(former, -1);
    this.#countProtocols(member, 1);
    if (member.groupInstanceId !== undefined) this.staticMembers.set(member.groupInstanceId, member.memberId);
    if (this.pendingSync.delete(former.memberId)) this.pendingSync.add(member.memberId);
    if (this.leaderId === former.memberId) this.leaderId = member.memberId;
  }

  changeTraits(member: GroupMember, traits: GroupMember['traits']): void {
    this.#countProtocols(member, -1);
    member.traits = traits;
    this.#countProtocols(member, 1);
  }

  /** Whether a member with these protocols can be part of the group: there is one that all members would have in common. */
  supports(protocolType: string, protocols: readonly GroupProtocol[]): boolean {
    if (protocolType === '' || protocols.length === 0) return false;
    if (this.members.size === 0) return true;
    return protocolType === this.protocolType && protocols.some(({ name }) => this.#isCommon(name));
  }

  /** The protocol most members prefer among those all of them offer; the earliest voters' where votes are equal. */
  selectProtocol(): string | undefined {
    const votes = new Map<string, number>();
    for (const { traits } of this.members.values()) {
      const vote = traits.protocols.find(({ name }) => this.#isCommon(name))?.name;
      if (vote !== undefined) votes.set(vote, (votes.get(vote) ?? 0) + 1);
    }
    let chosen: string | undefined;
    for (const [name, count] of votes) if (chosen === undefined || count > (votes.get(chosen) ?? 0)) chosen = name;
    return chosen;
  }

  /** Takes a note of what the members of the present generation read. */
  noteSubscriptions(): void {
    this.#subscribedTopics = subscribedTopics(this);
  }

  #isCommon(protocol: string): boolean {
    return this.#supporters.get(protocol) === this.members.size;
  }

  #countProtocols({ traits }: GroupMember, amount: 1 | -1): void {
    for (const name of new Set(traits.protocols.map((protocol) => protocol.name))) {
      const count = (this.#supporters.get(name) ?? 0) + amount;
      if (count === 0) this.#supporters.delete(name);
      else this.#supporters.set(name, count);
    }
  }
}
