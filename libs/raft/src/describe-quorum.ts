import { NO_OFFSET, NO_TIMESTAMP, timestampMs, type ErrorName, type TimestampMs } from '@milena/model';
import type { DescribeQuorumRequest, DescribeQuorumResponse, ReplicaProgress } from './messages';
import type { RaftContext } from './raft-context';
import type { Progress } from './roles/leader';

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
    voters: latest.voters.map(({ key }) => voterProgress(context, role.voter(key))),
    observers: role.observers.map((progress) => told(context, progress)),
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

function voterProgress(context: RaftContext, progress: Progress | undefined): ReplicaProgress {
  if (progress !== undefined) return told(context, progress);
  const now = context.clock.wallMs();
  return {
    replica: context.history.latest.voter(context.self.id)?.key ?? context.self,
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
