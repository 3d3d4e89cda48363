export {
  MetadataFollower,
  type MetadataFollowerOptions,
  type MetadataPublisher,
  type PublishedAt,
  type SnapshotSettings,
} from './metadata-follower';
