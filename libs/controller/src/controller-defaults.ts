/** Settings of the controller that decisions depend on: Kafka's keys, from the node's own configuration. */
export interface ControllerDefaults {
  /** `num.partitions`: partitions of a topic created without a count. */
  readonly partitions: number;
  /** `default.replication.factor`: replicas of a topic created without a factor. */
  readonly replicationFactor: number;
  /** `unclean.leader.election.enable` where neither the topic nor the cluster says otherwise. */
  readonly uncleanLeaderElection: boolean;
  /** `delete.topic.enable`. */
  readonly deleteTopicEnable: boolean;
}

/** Kafka's defaults of the settings. */
export const CONTROLLER_DEFAULTS: ControllerDefaults = {
  partitions: 1,
  replicationFactor: 1,
  uncleanLeaderElection: false,
  deleteTopicEnable: true,
};
