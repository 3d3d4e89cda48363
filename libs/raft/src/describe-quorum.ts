import { NO_OFFSET, NO_TIMESTAMP, timestampMs, type ErrorName, type TimestampMs } from '@milena/model';
import type { DescribeQuorumRequest, DescribeQuorumResponse, ReplicaProgress } from './messages';
import type { RaftContext } from './raft-context';
import type { Leader, Progress } from './roles/leader';

/** The quorum as the leader sees it (Kafka's DescribeQuorum); anybody else answers who leads, with empty lists. */
export function describeQuorum(context: RaftContext): DescribeQuorumResponse {
  const { role } = context.quorum;
  if (role.name !== 'leader') return refusal(context, 'NOT_LEADER_OR_FOLLOWER');
  role.forgetObservers(context.nowMs);
  const { latest } = context.history;
  return {
    ...context.facts('NONE'),
    type: 'describeQuorum',
    clusterId: context.clusterId,
    ...(role.highWatermark === undefined ? {} : { highWatermark: role.highWatermark }),
    voters: latest.voters.map(({ key, endpoint }) => {
      const progress = role.voter(key);
      return { ...(progress === undefined ? ownProgress(context) : told(context, progress)), endpoint };
    }),
    observers: observers(context, role),
  };
}

/** Answers a DescribeQuorum request. */
export function answerDescribeQuorum(context: RaftContext, request: DescribeQuorumRequest): DescribeQuorumResponse {
  const { clusterId } = request;
  return clusterId === undefined || clusterId === context.clusterId
    ? describeQuorum(context)
    : refusal(context, 'INCONSISTENT_CLUSTER_ID');
}

function refusal(context: RaftContext, error: ErrorName): DescribeQuorumResponse {
  const { clusterId } = context;
  return { ...context.facts(error), type: 'describeQuorum', clusterId, voters: [], observers: [] };
}

/** By node id. A leader that was removed from the voter set is an observer, too, for as long as it leads. */
function observers(context: RaftContext, leader: Leader): readonly ReplicaProgress[] {
  const others = leader.observers.map((progress) => told(context, progress));
  const own = context.quorum.isVoter ? [] : [ownProgress(context)];
  return [...others, ...own].toSorted((left, right) => left.replica.id - right.replica.id);
}

function ownProgress(context: RaftContext): ReplicaProgress {
  const now = context.clock.wallMs();
  const entry = context.quorum.isVoter ? context.history.latest.voter(context.self.id) : undefined;
  return {
    replica: entry?.key ?? context.self,
    logEndOffset: context.log.endOffset(),
    lastFetchTimestamp: now,
    lastCaughtUpTimestamp: now,
  };
}

function told(context: RaftContext, progress: Progress): ReplicaProgress {
  return {
    replica: progress.key,
    logEndOffset: progress.logEndOffset ?? NO_OFFSET,
    lastFetchTimestamp: wallTime(context, progress.lastFetchMs),
    lastCaughtUpTimestamp: wallTime(context, progress.lastCaughtUpMs),
  };
}

function wallTime(context: RaftContext, monotonicMs: number | undefined): TimestampMs {
  if (monotonicMs === undefined) return NO_TIMESTAMP;
  return timestampMs(Math.max(0, Math.floor(context.clock.wallMs() - (context.nowMs - monotonicMs))));
}
