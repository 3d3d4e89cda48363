import type { VoterEntry } from '@milena/record-batch';
import type { VoterChanges } from '../checkers/voter-changes';
import type { ControllerNode } from '../nodes/controller-node';
import { voterName, type LoggedVoters } from '../voters-in-log';
import type { World } from '../world';

/** How long a request whose outcome is unknown may still be carried out: pauses, cuts and the leader's own patience. */
const UNSURE_MS = 15_000;

/** What counts of a controller: who it is as a voter, and what is on its disk. */
export type BudgetedNode = Pick<ControllerNode, 'asVoter' | 'isWhole' | 'votersOnDisk'>;

/**
 * What an operator may do to the voters so that nothing more is lost than what Raft bears: each voter set that rules, or may
 * yet rule, keeps a majority whose disks are there, whatever becomes of the changes under way. A controller that lacks
 * something may be becoming a voter with it: what rots under its process nobody has noticed.
 */
export class VoterBudget {
  /** Voters whose removal may yet be carried out, and until when. */
  readonly #unsure = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly nodes: readonly BudgetedNode[],
    private readonly known: Pick<VoterChanges, 'committedEnd' | 'committedSet'>,
  ) {}

  /**
   * The newest committed voter set and those that are not committed, as far as any log has them; the newest last. That a
   * log has a set below the committed end says nothing: it may be a tail of an older epoch, which the next leader cuts off.
   */
  get sets(): readonly LoggedVoters[] {
    const all = this.nodes.flatMap((node) => node.votersOnDisk()).toSorted((left, right) => left.offset - right.offset);
    const { committedEnd, committedSet = all[0] } = this.known;
    return [
      ...(committedSet === undefined ? [] : [committedSet]),
      ...all.filter(({ offset }) => offset >= committedEnd),
    ];
  }

  /** Whether the disk of this voter is still there, as it was when it became one. */
  isIntact(voter: VoterEntry): boolean {
    return this.nodes.some((node) => voterName(node.asVoter) === voterName(voter));
  }

  /** The removal of a voter was asked for, and is not known to be done or refused. */
  isUnsure(voter: VoterEntry): void {
    this.#unsure.set(voterName(voter), this.world.time.nowMs() + UNSURE_MS);
  }

  /** That removal is done, or refused for good. */
  isSettled(voter: VoterEntry): void {
    this.#unsure.delete(voterName(voter));
  }

  /** Whether the quorum bears that this voter is removed. */
  mayRemove(voter: VoterEntry): boolean {
    const name = voterName(voter);
    return this.sets.every(({ voters }) => this.#survives(voters.filter((each) => voterName(each) !== name)));
  }

  /** Whether the quorum bears that what this controller has on its disk is lost. */
  mayLose(node: BudgetedNode): boolean {
    const name = voterName(node.asVoter);
    return this.sets.every(({ voters }) => {
      // Who is no voter may be becoming one this moment.
      const grown = voters.some((each) => voterName(each) === name) ? voters : [...voters, { ...node.asVoter, ...NEW }];
      return this.#survives(grown, name);
    });
  }

  /** Whether the disk of this voter is still there, and has all that the voter ever acknowledged. */
  #isWhole(voter: VoterEntry): boolean {
    return this.nodes.some((node) => node.isWhole && voterName(node.asVoter) === voterName(voter));
  }

  /**
   * Whether a majority is left of `voters` without `lost`, be the removals that are not known to be done done or not. Who is
   * only about to become a voter does not count: what it followed meanwhile may forbid it the vote that is needed of it, and
   * it does not know that it may stand itself.
   */
  #survives(voters: readonly VoterEntry[], lost?: string): boolean {
    const nowMs = this.world.time.nowMs();
    const settled = (this.sets[0]?.voters ?? []).map(voterName);
    const intact = voters.filter((voter) => {
      const name = voterName(voter);
      return name !== lost && settled.includes(name) && this.#isWhole(voter);
    });
    const names = voters.map(voterName);
    const newcomers = this.nodes.filter(
      ({ isWhole, asVoter }) => !isWhole && !names.includes(voterName(asVoter)),
    ).length;
    const unsure = intact.filter((voter) => (this.#unsure.get(voterName(voter)) ?? 0) > nowMs).length;
    return (intact.length - unsure) * 2 > voters.length + newcomers - unsure;
  }
}

const NEW = { kraftVersionMin: 0, kraftVersionMax: 1 };
