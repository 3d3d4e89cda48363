export {
  MetadataFollower,
  type MetadataFollowerOptions,
  type MetadataPublisher,
  type PublishedAt,
  type SnapshotSettings,
} from './metadata-follower';
export {
  historyRecord,
  metadataAt,
  metadataHistory,
  type HistoryPoint,
  type HistoryRecord,
  type MetadataMoment,
} from './metadata-history';
export { why, type WhyLink, type WhySubject } from './why';
