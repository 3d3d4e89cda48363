import { NO_NODE, NO_OFFSET, NO_TIMESTAMP } from '@milena/model';
import type { DescribeQuorumResponse, ReplicaProgress as RaftReplicaProgress } from '@milena/raft';
import type { QuorumDescription, ReplicaProgress } from './metadata-log';

/** What the state machine says of the quorum, in the words of MetadataLog. */
export function quorumDescription(description: DescribeQuorumResponse): QuorumDescription {
  const { leaderId, epoch, highWatermark, voters, observers } = description;
  return {
    leaderId: leaderId === NO_NODE ? undefined : leaderId,
    leaderEpoch: epoch,
    highWatermark,
    voters: voters.map(replicaProgress),
    observers: observers.map(replicaProgress),
  };
}

function replicaProgress(progress: RaftReplicaProgress): ReplicaProgress {
  const { replica, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = progress;
  return {
    ...replica,
    logEndOffset: logEndOffset === NO_OFFSET ? undefined : logEndOffset,
    lastFetchTimestamp: lastFetchTimestamp === NO_TIMESTAMP ? undefined : lastFetchTimestamp,
    lastCaughtUpTimestamp: lastCaughtUpTimestamp === NO_TIMESTAMP ? undefined : lastCaughtUpTimestamp,
  };
}
