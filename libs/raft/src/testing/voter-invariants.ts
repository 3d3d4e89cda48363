import { matchesReplica, replicaKeyText } from '../replica-key';
import type { VoterSet } from '../voter-set';
import { demand } from './safety-violation';
import type { TestCluster } from './test-cluster';
import type { TestNode } from './test-node';
import { rulingVoters, votersInLog } from './voters-in-log';

/**
 * Watches who votes: the voter set that rules is the last one in the log (R9), two sets in a row differ by one voter and
 * one change at most is not committed (R9), only voters stand for election, or who was one before a removal that is not
 * committed, and no epoch comes from a pre-vote (R10).
 */
export class VoterInvariants {
  private highestEpoch = 0;
  private readonly ledBy = new Map<number, number>();
  private readonly checked = new Map<number, { readonly ruling: unknown; readonly contents: unknown }>();

  constructor(
    private readonly cluster: TestCluster,
    private readonly committedCount: () => number,
  ) {}

  /** Runs after every event. */
  check(): void {
    for (const node of this.cluster.nodes.values()) {
      if (node.raft === undefined || node.isInstalling) continue;
      this.checkEpoch(node);
      this.checkRole(node);
      this.checkSets(node);
    }
  }

  private checkEpoch(node: TestNode): void {
    const { role, epoch } = node.raft?.leadership ?? { role: 'unattached', epoch: 0 };
    if (role === 'leader') this.ledBy.set(epoch, node.id);
    if (epoch <= this.highestEpoch) return;
    const isRaisedByElection = role === 'candidate' || role === 'leader' || this.ledBy.get(epoch - 1) === node.id;
    demand(isRaisedByElection, `${node.id} is ${role} in epoch ${epoch}, which nobody has stood for`);
    this.highestEpoch = epoch;
  }

  private checkRole(node: TestNode): void {
    const role = node.raft?.leadership.role;
    if (role !== 'prospective' && role !== 'candidate') return;
    const sets = votersInLog(node);
    const isUncommitted = (sets.at(-1)?.offset ?? -1) >= (node.raft?.highWatermark ?? 0);
    const mayStand = sets.slice(isUncommitted ? -2 : -1).some(({ voters }) => voters.includes(node.self));
    demand(mayStand, `${replicaKeyText(node.self)} is ${role} and no voter`);
  }

  private checkSets(node: TestNode): void {
    const ruling = node.raft?.voters;
    const { contents } = node.log;
    const before = this.checked.get(node.id);
    if (before?.ruling === ruling && before?.contents === contents) return;
    this.checked.set(node.id, { ruling, contents });
    const isLogs = ruling !== undefined && changedKeys(ruling, rulingVoters(node)) === 0;
    demand(isLogs, `${node.id} is ruled by other voters than its log's`);
    this.checkHistory(node);
  }

  private checkHistory(node: TestNode): void {
    const sets = votersInLog(node);
    let uncommitted = 0;
    for (const [index, { voters, offset }] of sets.entries()) {
      const before = sets[index - 1];
      // What ruled before the log began may be unknown to a newcomer.
      if (before === undefined || before.voters.size === 0 || before.offset < 0) continue;
      const difference = changedKeys(before.voters, voters);
      demand(difference <= 1, `two sets in the log of ${node.id} differ by ${difference} voters`);
      if (difference > 0 && offset >= this.committedCount()) uncommitted += 1;
    }
    const leads = node.raft?.leadership.role === 'leader';
    demand(
      !leads || uncommitted <= 1,
      `leader ${node.id} has ${uncommitted} changes of the voters that are not committed`,
    );
  }
}

/** How many voters are in one of the sets only. */
function changedKeys(left: VoterSet, right: VoterSet): number {
  const has = (set: VoterSet, key: VoterSet['voters'][number]['key']) =>
    set.voters.some((voter) => voter.key.id === key.id && matchesReplica(voter.key, key));
  const added = right.voters.filter(({ key }) => !has(left, key)).length;
  const removed = left.voters.filter(({ key }) => !has(right, key)).length;
  return added + removed;
}
