export { MetadataFollower, type MetadataFollowerOptions, type MetadataPublisher } from './metadata-follower';
