import type { MetadataImage } from '@milena/metadata';
import type { Meter, MetricSample } from '@milena/platform';
import type { HostedPartitions } from './hosted-partitions';
import type { Partition } from './partition';

/** What the gauges look at. */
export interface PartitionMetricsSource {
  readonly hosted: HostedPartitions;
  readonly image: () => MetadataImage;
}

/**
 * Registers the gauges of single partitions, worked out at each scrape: Kafka's own (kafka.log:type=Log,
 * kafka.cluster:type=Partition) and those of kafka_exporter. Sizes and ends of logs for every replica here, all else for the
 * partitions led from here, so that each appears once in a cluster.
 */
export function registerPartitionMetrics(meter: Meter, { hosted, image }: PartitionMetricsSource): void {
  const perPartition = (
    name: string,
    help: string,
    read: (partition: Partition) => number | boolean | undefined,
  ): void => meter.gauge(name, help, () => samples(hosted, read));
  const log = (name: string, help: string, read: (log: Partition['log']) => number): void =>
    perPartition(`kafka_log_log_${name}`, help, (partition) => read(partition.log));
  log('size', 'Bytes of the log on disk.', ({ sizeInBytes }) => sizeInBytes);
  log('logstartoffset', 'First offset of the log.', ({ logStartOffset }) => logStartOffset);
  log('logendoffset', 'Offset of the next record.', ({ logEndOffset }) => logEndOffset);
  log('numlogsegments', 'Segments of the log.', ({ segmentCount }) => segmentCount);

  const cluster = (name: string, help: string, read: (state: LeaderState) => number | boolean): void =>
    perPartition(`kafka_cluster_partition_${name}`, help, (partition) =>
      partition.leaderState === undefined ? undefined : read(partition.leaderState),
    );
  cluster('replicascount', 'Replicas.', ({ replicas }) => replicas.length);
  cluster('insyncreplicascount', 'Replicas in sync.', ({ isr }) => isr.length);
  cluster('underreplicated', '1 when a replica is out of sync.', ({ isr, replicas }) => isr.length < replicas.length);
  cluster('underminisr', '1 below min.insync.replicas.', (state) => !state.hasEnoughInSync);
  cluster('atminisr', '1 at min.insync.replicas.', (state) => state.isr.length === state.effectiveMinIsr);

  const exported = (name: string, help: string, read: (led: LedPartition) => number | boolean): void =>
    perPartition(`kafka_topic_partition_${name}`, help, (partition) => {
      const state = partition.leaderState;
      return state === undefined ? undefined : read({ partition, state });
    });
  exported('current_offset', 'High watermark.', ({ partition }) => partition.highWatermark);
  exported('oldest_offset', 'First offset.', ({ partition }) => partition.log.logStartOffset);
  exported('leader', 'Node id of the leader.', ({ partition }) => partition.leader.leaderId);
  exported('replicas', 'Replicas.', ({ state }) => state.replicas.length);
  exported('in_sync_replica', 'Replicas in sync.', ({ state }) => state.isr.length);
  exported(
    'leader_is_preferred',
    '1 when the first replica leads.',
    ({ partition, state }) => state.replicas[0] === partition.leader.leaderId,
  );
  exported(
    'under_replicated_partition',
    '1 when a replica is out of sync.',
    ({ state }) => state.isr.length < state.replicas.length,
  );
  meter.gauge('kafka_topic_partitions', 'Partitions of a topic, told by the leader of its first.', () => {
    const told: MetricSample[] = [];
    for (const { topicPartition, leaderState } of hosted.all()) {
      if (topicPartition.partition !== 0 || leaderState === undefined) continue;
      const topic = image().topicByName(topicPartition.topic);
      if (topic !== undefined) told.push({ labels: { topic: topic.name }, value: topic.partitionCount });
    }
    return told;
  });
}

type LeaderState = NonNullable<Partition['leaderState']>;

interface LedPartition {
  readonly partition: Partition;
  readonly state: LeaderState;
}

function samples(
  hosted: HostedPartitions,
  read: (partition: Partition) => number | boolean | undefined,
): readonly MetricSample[] {
  const found: MetricSample[] = [];
  for (const partition of hosted.all()) {
    const value = read(partition);
    const { topic, partition: index } = partition.topicPartition;
    if (value !== undefined) found.push({ labels: { topic, partition: `${index}` }, value: Number(value) });
  }
  return found;
}
