/** What Kafka's keys say about groups. */
export interface GroupSettings {
  /** `group.initial.rebalance.delay.ms` */
  readonly initialRebalanceDelayMs: number;
  /** `group.min.session.timeout.ms` */
  readonly sessionTimeoutMinMs: number;
  /** `group.max.session.timeout.ms` */
  readonly sessionTimeoutMaxMs: number;
  /** `group.max.size` */
  readonly membersMax: number;
  /** `offset.metadata.max.bytes`; counted in UTF-16 code units, as Kafka counts it. */
  readonly offsetMetadataMax: number;
  /** `offsets.retention.minutes` */
  readonly offsetsRetentionMs: number;
  /** `offsets.retention.check.interval.ms` */
  readonly retentionCheckMs: number;
}
