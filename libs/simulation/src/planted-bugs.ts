import type { PlantedBugs as BrokerBugs } from '@milena/broker-server';
import type { PlantedBugs as RaftBugs } from '@milena/raft';
import type { PortBug } from './nodes/planted-ports';

/** A bug as it is planted: an option of the servers that no configuration reaches, or a port that lies. */
export interface Plant {
  readonly raft?: RaftBugs;
  readonly broker?: BrokerBugs;
  readonly port?: PortBug;
}

/** A planted bug with the profile whose checkers must catch it. */
export interface PlantedBug {
  /** Begins with its number in the catalogue (docs/testing.md) where it has one. */
  readonly bug: string;
  readonly profile: 'quorum' | 'controller' | 'cluster';
  readonly plant: Plant;
}

/** Every planted bug. `npm run sim -- --planted` fails when one of them is not caught. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  inRaft('1 vote answered before it is durable', { replyToVoteBeforePersist: true }),
  inRaft('2 vote granted to a stale log', { grantVoteToStaleLog: true }),
  inRaft('3 older epoch committed by counting', { commitOlderEpochByCounting: true }),
  inRaft('4 leader counts itself before its own sync', { leaderCountsBeforeFlush: true }),
  inRaft('follower acknowledges before its sync', { fetchBeforeFlush: true }),
  inRaft('vote not persisted', { forgetVote: true }),
  inRaft('two votes in one epoch', { grantVoteTwice: true }),
  inRaft('epoch not bumped after resigning', { keepEpochAfterResigning: true }),
  inRaft('no check-quorum', { skipCheckQuorum: true }),
  inRaft('leader deaf to newer epochs', { ignoreNewerEpoch: true }),
  inRaft('no jitter', { electWithoutJitter: true }),
  inRaft('reads without a majority', { readWithoutMajority: true }),
  inRaft('log cleaned beyond its snapshot', { cleanBeyondSnapshot: true }),
  inRaft('rotten batches believed', { believeWhatIsRead: true }),
  inRaft('epoch at the log start trusted', { trustEpochAtLogStart: true }),
  inRaft('durable end kept over a snapshot', { keepDurableEndOverInstall: true }),
  inRaft('voter change applied on commit', { applyVotersOnCommit: true }),
  inRaft('voter changes overlap', { overlapVoterChanges: true }),
  inRaft('removed leader counts itself', { countSelfAfterRemoval: true }),
  inPort('quorum', 'snapshot with a record too many', 'snapshots hold their last record twice'),
  inPort('quorum', '25 snapshot named before it is durable', 'snapshots are not synced'),
  inPort('quorum', '27 failed sync retried and believed', 'failed syncs are retried'),
  inPort('quorum', 'names believed without a sync of their folder', 'folders are not synced'),
  inPort('controller', '14 unclean election although it is off', 'unclean elections are always on'),
  inPort('controller', 'broker epoch unchecked', 'broker epochs are taken for current'),
  inPort('controller', 'acts on what is not committed', 'appends are told as committed'),
  inPort('controller', 'two active controllers acting', 'resigning is not told'),
  {
    bug: '7 acknowledged before the high watermark passes',
    profile: 'cluster',
    plant: { broker: { acknowledgeBeforeHighWatermark: true } },
  },
  {
    bug: '7 commit answered before the high watermark passes',
    profile: 'cluster',
    plant: { broker: { answerCommitsBeforeHighWatermark: true } },
  },
];

function inRaft(bug: string, raft: RaftBugs): PlantedBug {
  return { bug, profile: 'quorum', plant: { raft } };
}

function inPort(profile: PlantedBug['profile'], bug: string, port: PortBug): PlantedBug {
  return { bug, profile, plant: { port } };
}
