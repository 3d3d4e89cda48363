import type { RaftDriver } from '@milena/raft-driver';
import type { VoterEntry } from '@milena/record-batch';
import type { LeaderFiles } from '../checkers/leader-completeness';
import type { QuorumCheckers } from '../checkers/quorum-checkers';
import type { ReplicaOfVoters } from '../checkers/voter-changes';
import type { Standing } from '../checkers/who-votes';
import type { Machine } from '../machine';
import type { BatchMark } from '../read-log';
import { voterName, type LoggedVoters, type VotersInLog } from '../voters-in-log';
import type { World } from '../world';

/** What is watched of one controller. */
export interface LeadershipWatchOptions {
  readonly world: World;
  readonly machine: Machine;
  readonly voterId: number;
  readonly checkers: QuorumCheckers;
  /** The voter sets in its log files. */
  readonly voters: VotersInLog;
  /** Of a quorum that tells its voters apart by id alone: the voters with their disks. */
  staticVoters(): readonly Pick<VoterEntry, 'voterId' | 'directoryId'>[];
  /** The batches in its log files; undefined while they are nobody's truth. */
  log(): readonly BatchMark[] | undefined;
  files(): LeaderFiles | undefined;
}

/** One life of a controller's process. */
interface WatchedLife {
  readonly driver: RaftDriver;
  readonly directoryId: string;
  readonly standing: Standing;
}

/** Tells the checkers of the quorum, after each event, what one controller does. */
export class LeadershipWatch {
  #life: WatchedLife | undefined;
  #leadership: { readonly epoch: number; readonly sinceMs: number } | undefined;
  #highWatermark = 0;
  #logEnd = 0;
  #sets: readonly LoggedVoters[] = [];
  #setsChangedMs = 0;

  constructor(private readonly options: LeadershipWatchOptions) {}

  /** A new process begins. */
  starts(life: WatchedLife): void {
    this.#life = life;
    this.#leadership = undefined;
    this.#highWatermark = 0;
    this.#logEnd = 0;
    this.options.voters.forget();
  }

  /** Looks at the controller as it is after an event. */
  look(): void {
    const { machine, world, voterId, checkers } = this.options;
    const life = this.#life;
    // Of a damaged disk nobody knows yet what counts.
    if (life === undefined || !machine.isAwake || machine.decay.isDamaged) return;
    const { driver, standing } = life;
    const { leaderId, epoch } = driver.leader();
    const highWatermark = driver.highWatermark() ?? 0;
    const isLeading = leaderId === voterId;
    checkers.whoVotes.isIn(epoch, { host: machine.host, voterId }, standing);
    const logEnd = driver.logEndOffset();
    if (logEnd < this.#logEnd) world.mark('a follower threw away a divergent tail');
    const before = this.#sets;
    const sets = logEnd === this.#logEnd ? before : this.options.voters.upTo(logEnd);
    this.#logEnd = logEnd;
    // First: a leader may commit a change and begin the next in one event.
    if (highWatermark !== this.#highWatermark) checkers.voterChanges.committed(highWatermark, sets);
    if (sets !== before) this.#votersChange(life, sets, isLeading);
    if (isLeading) return this.#lookAtLeader({ epoch, highWatermark, before });
    // A leader may commit and resign in one event.
    if (highWatermark !== this.#highWatermark) this.#committed(highWatermark, before);
    if (this.#leadership !== undefined) this.#stepsDown(epoch);
  }

  #votersChange(life: WatchedLife, sets: readonly LoggedVoters[], isLeading: boolean): void {
    const { checkers, world } = this.options;
    this.#sets = sets;
    this.#setsChangedMs = world.time.nowMs();
    checkers.voterChanges.changed(this.#replica(life, isLeading), () => this.#rulingVoters(life.driver));
  }

  #replica({ directoryId }: WatchedLife, isLeading: boolean): ReplicaOfVoters {
    const { machine, voterId } = this.options;
    return { host: machine.host, voterId, directoryId, isLeading, sets: this.#sets };
  }

  #lookAtLeader(now: {
    readonly epoch: number;
    readonly highWatermark: number;
    readonly before: readonly LoggedVoters[];
  }): void {
    const { world, checkers, voterId, machine, files, log } = this.options;
    const { host } = machine;
    const { epoch, highWatermark } = now;
    const life = this.#life;
    if (this.#leadership?.epoch !== epoch && life !== undefined) {
      this.#leadership = { epoch, sinceMs: world.time.nowMs() };
      checkers.electionSafety.leads(voterId, epoch);
      checkers.whoVotes.leads(this.#replica(life, true), epoch, highWatermark);
      checkers.leaderCompleteness.leads(host, epoch, files);
    }
    if (highWatermark !== this.#highWatermark) this.#committed(highWatermark, now.before);
    checkers.deposedLeaders.leads(voterId, epoch, machine.worksSinceMs);
    checkers.ownEpochCommit.leads({ nodeId: voterId, epoch, highWatermark, log });
    const sinceMs = Math.max(this.#leadership?.sinceMs ?? 0, machine.worksSinceMs, this.#setsChangedMs);
    checkers.checkQuorum.leads(host, sinceMs, this.#sets.at(-1)?.voters ?? []);
  }

  #committed(highWatermark: number, before: readonly LoggedVoters[]): void {
    const { durableCommit } = this.options.checkers;
    // What was committed in the event that changed the set was committed by the set before.
    const sets = [this.#sets.at(-1), before.at(-1)].map((set) => set?.voters ?? []);
    const move = { node: this.options.machine.host, from: this.#highWatermark, to: highWatermark, sets };
    this.#highWatermark = highWatermark;
    if (this.#leadership === undefined) durableCommit.followed(move);
    else durableCommit.moved(move);
  }

  #stepsDown(epoch: number): void {
    const { world, machine } = this.options;
    if (this.#leadership?.epoch === epoch) world.mark('a leader stepped down because no majority fetched from it');
    else if (world.time.nowMs() - machine.wokenAtMs < 50) world.mark('a leader was woken after another was elected');
    this.#leadership = undefined;
  }

  /** The voters by whom a leader goes. */
  #rulingVoters(driver: RaftDriver): readonly string[] {
    const known = new Map(this.options.staticVoters().map(({ voterId, directoryId }) => [voterId, directoryId]));
    const { voters } = driver.describe();
    return voters.map(({ id, directoryId = known.get(id) ?? '' }) => voterName({ voterId: id, directoryId }));
  }
}
