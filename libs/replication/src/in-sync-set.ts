import type { ErrorName } from '@milena/model';

/** A member of a proposed ISR with the broker epoch the leader saw it fetch with; -1 leaves the check to the sender's own. */
export interface ProposedMember {
  readonly brokerId: number;
  readonly brokerEpoch: number;
}

/** A change of the ISR that the leader asks the controller for (AlterPartition, KIP-497). */
export interface IsrProposal {
  readonly kind: 'expand' | 'shrink';
  readonly leaderEpoch: number;
  /** Version the change builds on: the controller refuses it when its own has moved on. */
  readonly partitionEpoch: number;
  readonly newIsr: readonly ProposedMember[];
}

/** What the controller decided on a proposal. */
export interface IsrDecision {
  readonly leaderEpoch: number;
  readonly isr: readonly number[];
  readonly partitionEpoch: number;
}

/** What the sender does after a failed proposal: send it again, or leave it to the metadata log. */
export type AfterFailure = 'retry' | 'done';

/**
 * The in-sync set of a partition at its leader: what the controller committed, plus at most one proposal under way.
 * `maximal` is the set every acknowledged record must be on, whichever way the proposal ends: a member being added
 * counts already, a member being removed counts still (KIP-497).
 */
export class InSyncSet {
  #committed: readonly number[];
  #partitionEpoch: number;
  #pending: IsrProposal | undefined;
  #maximal: readonly number[];

  constructor(
    readonly leaderEpoch: number,
    isr: readonly number[],
    partitionEpoch: number,
  ) {
    this.#committed = isr;
    this.#maximal = isr;
    this.#partitionEpoch = partitionEpoch;
  }

  get committed(): readonly number[] {
    return this.#committed;
  }

  get maximal(): readonly number[] {
    return this.#maximal;
  }

  get partitionEpoch(): number {
    return this.#partitionEpoch;
  }

  /** The proposal under way, or one whose outcome only the metadata log can tell. */
  get pending(): IsrProposal | undefined {
    return this.#pending;
  }

  /** Starts a proposal; undefined while another is under way. */
  propose(kind: IsrProposal['kind'], newIsr: readonly ProposedMember[]): IsrProposal | undefined {
    if (this.#pending !== undefined) return undefined;
    const { leaderEpoch, partitionEpoch } = this;
    this.#pending = { kind, leaderEpoch, partitionEpoch, newIsr };
    if (kind === 'expand') this.#maximal = newIsr.map(({ brokerId }) => brokerId);
    return this.#pending;
  }

  /** Takes what the metadata log or the controller says; false when it is not newer than what is known. */
  commit(decision: IsrDecision): boolean {
    if (decision.leaderEpoch !== this.leaderEpoch || decision.partitionEpoch <= this.#partitionEpoch) return false;
    this.#partitionEpoch = decision.partitionEpoch;
    this.#settle(decision.isr);
    return true;
  }

  /** The controller accepted `proposal`. Stale answers are ignored; one that changed nothing settles the proposal. */
  accepted(proposal: IsrProposal, decision: IsrDecision): boolean {
    if (this.commit(decision)) return true;
    const unchanged = decision.leaderEpoch === this.leaderEpoch && decision.partitionEpoch === this.#partitionEpoch;
    if (this.#pending !== proposal || !unchanged) return false;
    this.#settle(decision.isr);
    return true;
  }

  /**
   * The controller refused `proposal`, or its answer was lost. Only two errors say for certain that the proposal was and
   * will never be applied, so only they roll back; after the others the proposal stays in `maximal` until the metadata
   * log brings a newer partition epoch.
   */
  failed(proposal: IsrProposal, error: ErrorName): AfterFailure {
    if (this.#pending !== proposal) return 'done';
    switch (error) {
      case 'OPERATION_NOT_ATTEMPTED':
      case 'INELIGIBLE_REPLICA':
        this.#settle(this.#committed);
        return 'done';
      case 'UNKNOWN_TOPIC_OR_PARTITION':
      case 'UNKNOWN_TOPIC_ID':
      case 'NEW_LEADER_ELECTED':
      case 'FENCED_LEADER_EPOCH':
      case 'INVALID_UPDATE_VERSION':
      case 'INVALID_REQUEST':
        return 'done';
      default:
        return 'retry';
    }
  }

  #settle(isr: readonly number[]): void {
    this.#committed = isr;
    this.#maximal = isr;
    this.#pending = undefined;
  }
}
