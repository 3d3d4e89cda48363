import type { ServerConfig } from '@milena/config-schema';
import { SUPPORTED_FEATURES, type SupportedFeature } from '@milena/metadata';

/** What decisions take from the node itself: Kafka's keys of its configuration, and what its program supports. */
export interface ControllerDefaults {
  /** `num.partitions`: partitions of a topic created without a count. */
  readonly partitions: number;
  /** `default.replication.factor`: replicas of a topic created without a factor. */
  readonly replicationFactor: number;
  /** `unclean.leader.election.enable` where neither the topic nor the cluster says otherwise. */
  readonly uncleanLeaderElection: boolean;
  /** `min.insync.replicas` where neither the topic nor the cluster says otherwise. */
  readonly minInsyncReplicas: number;
  /** `delete.topic.enable`. */
  readonly deleteTopicEnable: boolean;
  /** Levels of features that this node's program supports. */
  readonly supportedFeatures: readonly SupportedFeature[];
}

/** The settings a node's configuration gives; the features are those of this program unless an older one is played. */
export function controllerDefaults(
  server: ServerConfig,
  supportedFeatures: readonly SupportedFeature[] = SUPPORTED_FEATURES,
): ControllerDefaults {
  return {
    partitions: server.number('num.partitions'),
    replicationFactor: server.number('default.replication.factor'),
    uncleanLeaderElection: server.boolean('unclean.leader.election.enable'),
    minInsyncReplicas: server.number('min.insync.replicas'),
    deleteTopicEnable: server.boolean('delete.topic.enable'),
    supportedFeatures,
  };
}
