import type { ServerConfig } from '@milena/config-schema';

/** Settings of the controller that decisions depend on: Kafka's keys, from the node's own configuration. */
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
}

/** The settings a node's configuration gives. */
export function controllerDefaults(server: ServerConfig): ControllerDefaults {
  return {
    partitions: server.number('num.partitions'),
    replicationFactor: server.number('default.replication.factor'),
    uncleanLeaderElection: server.boolean('unclean.leader.election.enable'),
    minInsyncReplicas: server.number('min.insync.replicas'),
    deleteTopicEnable: server.boolean('delete.topic.enable'),
  };
}
