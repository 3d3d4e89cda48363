export { applySpan } from './apply-span';
export { createRaftDriver, type RaftDriver } from './raft-driver';
export type { RaftDriverOptions, StaticVoter } from './raft-driver-options';
export type {
  CommittedBatch,
  CommittedLeaderChange,
  LeaderInfo,
  MetadataLog,
  MetadataLogListener,
  MetadataSnapshot,
  QuorumDescription,
  ReplicaProgress,
} from './metadata-log';
export {
  SnapshotGenerator,
  snapshotTriggers,
  type NewSnapshot,
  type SnapshotGeneratorOptions,
  type SnapshotTriggers,
} from './snapshot-generator';
export { COMMITTED_MARK_FILE, decodeCommittedMark } from './committed-mark';
export { UnusableMetadataLog } from './unusable-metadata-log';
export { type MetadataRetention } from './clean-log';
export { UnusableSnapshot } from './unusable-snapshot';
export { createChannelCache, type ChannelCache } from './channel-cache';
export {
  createActiveControllerChannel,
  type ActiveControllerChannel,
  type ActiveControllerChannelOptions,
} from './active-controller-channel';
export {
  createQuorumLeaderChannel,
  type LeaderCall,
  type QuorumLeaderChannel,
  type QuorumLeaderChannelOptions,
} from './quorum-leader-channel';
export {
  storedBatches,
  storedFiles,
  storedRecords,
  UnreadableMetadataLog,
  type StoredBatch,
  type StoredFile,
  type StoredRecord,
} from './stored-records';
export { planRecovery, type RecoveryPlan, type RecoverySubject } from './plan-recovery';
export { recoverQuorum, type RecoveredQuorum } from './recover-quorum';
export {
  formatStorage,
  metadataFolder,
  type FirstVoter,
  type FirstVoters,
  type FormatStorageOptions,
  type FormattedFolder,
} from './format-storage';
export {
  checkMetaProperties,
  ownMetaProperties,
  readMetaProperties,
  UnusableLogFolder,
  type MetaProperties,
} from './meta-properties';
export { readBootstrapCheckpoint, UnusableBootstrapCheckpoint, type BootstrapCheckpoint } from './bootstrap-checkpoint';
export { QUORUM_STATE_FILE, readQuorumState, UnusableQuorumState, type QuorumStateFormat } from './quorum-state-file';
