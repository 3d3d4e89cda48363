export type {
  AddVoterRequest,
  AddVoterResponse,
  BeginQuorumEpochRequest,
  BeginQuorumEpochResponse,
  DescribeQuorumRequest,
  DescribeQuorumResponse,
  DescribeReplicaRequest,
  DescribeReplicaResponse,
  DivergingEpoch,
  EndQuorumEpochRequest,
  EndQuorumEpochResponse,
  FetchRequest,
  FetchResponse,
  FetchSnapshotRequest,
  FetchSnapshotResponse,
  KraftVersions,
  RaftRequest,
  RaftResponse,
  ReadIndexRequest,
  ReadIndexResponse,
  RemoveVoterRequest,
  RemoveVoterResponse,
  ReplicaProgress,
  ResponseFacts,
  UpdateVoterRequest,
  UpdateVoterResponse,
  VoterChangeOutcome,
  VoterChangeRequest,
  VoterChangeResponse,
  VoteRequest,
  VoteResponse,
} from './messages';
export { replicaKey, type ReplicaKey } from './replica-key';
export { VoterSet, type Voter } from './voter-set';
export { INITIAL_QUORUM_STATE, type QuorumState } from './quorum-state';
export type { RaftLog } from './raft-log';
export type { KraftUpgrade } from './kraft-upgrade';
export { continuesSnapshot } from './epoch-ends';
export { checkNewSnapshot } from './new-snapshot-check';
export type { ControlRecord, RaftBatch, RaftBatches } from './raft-batches';
export type { PlantedBugs } from './planted-bugs';
export { DEFAULT_RAFT_SETTINGS, type BootstrapVoters, type RaftOptions, type RaftSettings } from './raft-options';
export type { Leadership, LogFlush, OutgoingAnswer, OutgoingRequest, RaftEffects, RoleName } from './raft-effects';
export type { Appended, Raft, WrittenVoterSet } from './raft';
export { createRaft } from './create-raft';
