import { changedVoters, voterName, type LoggedVoters } from '../voters-in-log';
import type { World } from '../world';

/** One controller as the voter sets of its log concern it. */
export interface ReplicaOfVoters {
  readonly host: string;
  readonly voterId: number;
  readonly directoryId: string;
  readonly isLeading: boolean;
  /** The voter sets of its log, oldest first. */
  readonly sets: readonly LoggedVoters[];
}

/**
 * R9: two voter sets in a row differ by one voter, so that their majorities overlap; one change at most is not committed; and
 * the last set in the log rules from its append on, committed or not.
 */
export class VoterChanges {
  #committedEnd = 0;
  #committedSet: LoggedVoters | undefined;
  /** By host: the sets last seen. */
  readonly #seen = new Map<string, readonly LoggedVoters[]>();

  constructor(private readonly world: World) {}

  /** Everything before it was committed, as some controller knew. */
  get committedEnd(): number {
    return this.#committedEnd;
  }

  /** The newest voter set that some controller knew as committed. */
  get committedSet(): LoggedVoters | undefined {
    return this.#committedSet;
  }

  /** A controller, whose log has these voter sets, knows that everything before `highWatermark` is committed. */
  committed(highWatermark: number, sets: readonly LoggedVoters[]): void {
    this.#committedEnd = Math.max(this.#committedEnd, highWatermark);
    const newest = sets.findLast(({ offset }) => offset < highWatermark);
    if (newest !== undefined && newest.offset >= (this.#committedSet?.offset ?? -1)) this.#committedSet = newest;
  }

  /** A controller's log holds other voter sets than before; `ruling` is what the leader says rules. */
  changed(replica: ReplicaOfVoters, ruling: () => readonly string[]): void {
    const { host, sets, isLeading } = replica;
    const before = this.#seen.get(host) ?? [];
    this.#seen.set(host, sets);
    this.#mark(replica, before);
    let uncommitted = 0;
    for (const [index, { offset, voters }] of sets.entries()) {
      const previous = sets[index - 1];
      // What ruled before the log began may be unknown to a newcomer.
      if (previous === undefined || previous.isInherited) continue;
      const changes = changedVoters(previous.voters, voters);
      if (changes.length > 1) this.#report(host, `two sets in a row differ by ${changes.map(voterName).join(', ')}`);
      if (changes.length > 0 && offset >= this.#committedEnd) uncommitted += 1;
    }
    if (isLeading && uncommitted > 1)
      this.#report(host, `the leader has ${uncommitted} changes that are not committed`);
    if (isLeading) this.#checkRuling(host, sets, ruling());
  }

  /** The node's disk was replaced, or its log is read anew. */
  forget(host: string): void {
    this.#seen.delete(host);
  }

  #checkRuling(host: string, sets: readonly LoggedVoters[], ruling: readonly string[]): void {
    const last = (sets.at(-1)?.voters ?? []).map(voterName).toSorted();
    if (last.join() === ruling.toSorted().join()) return;
    this.#report(host, `the log says that ${last.join(', ')} vote, the leader goes by ${ruling.join(', ')}`);
  }

  #mark({ sets, isLeading, voterId, directoryId }: ReplicaOfVoters, before: readonly LoggedVoters[]): void {
    const [last, lastBefore] = [sets.at(-1), before.at(-1)];
    if (last === undefined || lastBefore === undefined) return;
    if (last.offset < lastBefore.offset) this.world.mark('a change of the voters was undone');
    if (last.offset <= lastBefore.offset) return;
    const own = voterName({ voterId, directoryId });
    const votes = last.voters.some((voter) => voterName(voter) === own);
    const voted = lastBefore.voters.some((voter) => voterName(voter) === own);
    if (isLeading && voted && !votes) this.world.mark('a leader removed itself from the voters');
    if (!voted && votes && before.length > 1) this.world.mark('a newcomer became a voter');
  }

  #report(host: string, text: string): void {
    this.world.report('R9 voter changes', `${host}: ${text}`);
  }
}
