export { InSyncSet, type AfterFailure, type IsrDecision, type IsrProposal, type ProposedMember } from './in-sync-set';
export { LeaderState, type LeaderOptions, type PartitionUpdate } from './leader-state';
export { ReplicaProgress, type FollowerFetch } from './replica-progress';
export { followerHighWatermark, highWatermarkAfterTruncation } from './follower-high-watermark';
export {
  divergenceOf,
  outOfRangeAction,
  truncationOffset,
  type EpochHistory,
  type OutOfRangeAction,
} from './truncation';
export type {
  EpochEnd,
  ReplicaFetchPartition,
  ReplicaFetchRequest,
  ReplicaFetchResponse,
  ReplicaFetchResult,
} from './replica-fetch';
export type {
  ReplicaEpochEndAnswer,
  ReplicaEpochEndQuery,
  ReplicaEpochEndRequest,
  ReplicaEpochEndResponse,
} from './epoch-end-query';
export { LeaderEpochCache, type EpochEndOffset, type EpochEntry } from './leader-epoch-cache';
export {
  addSequence,
  PRODUCER_BATCHES_MAX,
  ProducerState,
  type ProducerBatch,
  type ProducerEntry,
  type ProducerVerdict,
} from './producer-state';
