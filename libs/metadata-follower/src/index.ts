export {
  MetadataFollower,
  type MetadataFollowerOptions,
  type MetadataPublisher,
  type PublishedAt,
} from './metadata-follower';
