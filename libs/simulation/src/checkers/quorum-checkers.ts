import type { VoterEntry } from '@milena/record-batch';
import type { World } from '../world';
import { CheckQuorum } from './check-quorum';
import { DeposedLeaders } from './deposed-leaders';
import { CommittedPrefix } from './committed-prefix';
import { DurableCommit, type VoterDisk } from './durable-commit';
import { DurableVotes } from './durable-votes';
import { ElectionSafety } from './election-safety';
import { LeaderCompleteness } from './leader-completeness';
import { MetadataTruth } from './metadata-truth';
import { OneActive } from './one-active';
import { OwnEpochCommit } from './own-epoch-commit';
import { SnapshotContents } from './snapshot-contents';
import { SnapshotFetches } from './snapshot-fetches';
import { VoterChanges } from './voter-changes';
import { WhoVotes } from './who-votes';

/** What watches the controllers of one run; one of each, shared by all nodes and their lives. */
export interface QuorumCheckers {
  readonly electionSafety: ElectionSafety;
  readonly leaderCompleteness: LeaderCompleteness;
  readonly committedPrefix: CommittedPrefix;
  readonly ownEpochCommit: OwnEpochCommit;
  readonly durableCommit: DurableCommit;
  readonly checkQuorum: CheckQuorum;
  readonly durableVotes: DurableVotes;
  readonly voterChanges: VoterChanges;
  readonly whoVotes: WhoVotes;
  readonly deposedLeaders: DeposedLeaders;
  readonly oneActive: OneActive;
  readonly truth: MetadataTruth;
  readonly snapshotContents: SnapshotContents;
  readonly snapshotFetches: SnapshotFetches;
}

/** Fresh checkers for a run; `diskOf` gives the disk of a voter that is still there. */
export function createQuorumCheckers(
  world: World,
  diskOf: (voter: VoterEntry) => VoterDisk | undefined = () => undefined,
): QuorumCheckers {
  const snapshotContents = new SnapshotContents(world);
  const truth = new MetadataTruth(world, (batch, image) => snapshotContents.committed(batch, image));
  const voterChanges = new VoterChanges(world);
  const committedPrefix = new CommittedPrefix(world, (batch) => truth.committed(batch));
  return {
    truth,
    committedPrefix,
    snapshotContents,
    snapshotFetches: new SnapshotFetches(world),
    electionSafety: new ElectionSafety(world),
    leaderCompleteness: new LeaderCompleteness(world, () => committedPrefix.last),
    ownEpochCommit: new OwnEpochCommit(world),
    durableCommit: new DurableCommit(world, diskOf),
    checkQuorum: new CheckQuorum(world),
    voterChanges,
    whoVotes: new WhoVotes(world),
    durableVotes: new DurableVotes(world),
    deposedLeaders: new DeposedLeaders(world),
    oneActive: new OneActive(world),
  };
}
