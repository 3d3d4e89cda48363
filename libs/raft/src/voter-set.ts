import { invariant, type Endpoint } from '@milena/model';
import { sameKraftVersions } from './kraft-versions';
import type { KraftVersions } from './messages';
import { matchesReplica, type ReplicaKey } from './replica-key';

/** A voter: its key, where it serves the quorum's RPCs, and the kraft.version levels it supports. */
export interface Voter {
  readonly key: ReplicaKey;
  readonly endpoint: Endpoint;
  readonly kraftVersions: KraftVersions;
}

/** Whether two entries say the same. */
export function sameVoter(left: Voter, right: Voter): boolean {
  return (
    left.key.id === right.key.id &&
    left.key.directoryId === right.key.directoryId &&
    left.endpoint.host === right.endpoint.host &&
    left.endpoint.port === right.endpoint.port &&
    sameKraftVersions(left.kraftVersions, right.kraftVersions)
  );
}

/** The voters of the quorum: an immutable value with unique ids, ordered by id. */
export class VoterSet {
  private readonly byId: ReadonlyMap<number, Voter>;

  private constructor(readonly voters: readonly Voter[]) {
    this.byId = new Map(voters.map((voter) => [voter.key.id, voter]));
    invariant(this.byId.size === voters.length, 'voter ids are unique', { ids: voters.map((voter) => voter.key.id) });
  }

  static of(voters: readonly Voter[]): VoterSet {
    return new VoterSet(voters.toSorted((left, right) => left.key.id - right.key.id));
  }

  get size(): number {
    return this.voters.length;
  }

  get ids(): readonly number[] {
    return this.voters.map((voter) => voter.key.id);
  }

  /** Smallest number of voters that is more than half. */
  get majority(): number {
    return Math.floor(this.size / 2) + 1;
  }

  voter(id: number): Voter | undefined {
    return this.byId.get(id);
  }

  endpoint(id: number): Endpoint | undefined {
    return this.byId.get(id)?.endpoint;
  }

  /** Whether `key` names a voter: the same id and the same directory, unless the voters are told apart by id alone. */
  includes(key: ReplicaKey): boolean {
    const voter = this.byId.get(key.id);
    return voter !== undefined && matchesReplica(voter.key, key);
  }

  /** This set with `voter` in it, in place of the one with its id if there is one. */
  with(voter: Voter): VoterSet {
    return VoterSet.of([...this.without(voter.key.id).voters, voter]);
  }

  /** This set without the voter of that id. */
  without(id: number): VoterSet {
    return VoterSet.of(this.voters.filter((voter) => voter.key.id !== id));
  }

  /** Whether `key` is the one and only voter, which needs nobody's vote. */
  isOnly(key: ReplicaKey): boolean {
    return this.size === 1 && this.includes(key);
  }
}
