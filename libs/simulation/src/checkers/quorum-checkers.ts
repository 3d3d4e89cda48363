import type { World } from '../world';
import { CommittedPrefix } from './committed-prefix';
import { DurableVotes } from './durable-votes';
import { ElectionSafety } from './election-safety';
import { OwnEpochCommit } from './own-epoch-commit';

/** What watches the controllers of one run; one of each, shared by all nodes and their lives. */
export interface QuorumCheckers {
  readonly electionSafety: ElectionSafety;
  readonly committedPrefix: CommittedPrefix;
  readonly ownEpochCommit: OwnEpochCommit;
  readonly durableVotes: DurableVotes;
}

/** Fresh checkers for a run. */
export function createQuorumCheckers(world: World): QuorumCheckers {
  return {
    electionSafety: new ElectionSafety(world),
    committedPrefix: new CommittedPrefix(world),
    ownEpochCommit: new OwnEpochCommit(world),
    durableVotes: new DurableVotes(world),
  };
}
