import type { GroupEvent, GroupState } from '@milena/coordinator';
import type { TopicPartition } from '@milena/model';
import type { Meter, MetricSample } from '@milena/platform';
import type { ActiveCoordinator } from './active-coordinator';

/** What the gauges look at. */
export interface CoordinatorMetricsSource {
  readonly coordinators: () => Iterable<ActiveCoordinator>;
  /** What is committed of a partition, as far as a replica on this broker knows; undefined when there is none. */
  readonly highWatermark: (topicPartition: TopicPartition) => number | undefined;
}

/** How far a group has read a partition, and how far that is behind the partition's end where a replica is here. */
interface Progress {
  readonly consumergroup: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly lag: number | undefined;
}

const STATES: readonly GroupState[] = ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'];

/**
 * Registers the gauges of a broker's group coordinators under Kafka's names, and those of kafka_exporter for what groups
 * have read. The lag is told of partitions with a replica here, and no sum of it that would lack one. Returns what counts
 * events.
 */
export function registerCoordinatorMetrics(
  meter: Meter,
  source: CoordinatorMetricsSource,
): (event: GroupEvent, amount: number) => void {
  registerGroupGauges(meter, source);
  registerProgress(meter, source);
  const counter = (what: string, help: string) =>
    meter.counter(`kafka_server_group_coordinator_metrics_${what}_count_total`, help);
  const counters = {
    'completed rebalance': counter('group_completed_rebalance', 'Rebalances that ended with an assignment.'),
    'offset commit': counter('offset_commit', 'Offsets committed.'),
    'offset expiration': counter('offset_expiration', 'Committed offsets that expired.'),
    'offset deletion': counter('offset_deletion', 'Committed offsets deleted.'),
  };
  return (event, amount) => counters[event].add(amount);
}

function registerGroupGauges(meter: Meter, { coordinators }: CoordinatorMetricsSource): void {
  const prefix = 'kafka_coordinator_group_groupmetadatamanager_num';
  const sum = (of: (coordinator: ActiveCoordinator) => number) => () =>
    [...coordinators()].reduce((total, coordinator) => total + of(coordinator), 0);
  meter.gauge(
    `${prefix}groups`,
    'Groups coordinated here.',
    sum(({ committed }) => committed.size),
  );
  meter.gauge(`${prefix}offsets`, 'Committed offsets kept here.', sum(offsetCount));
  for (const state of STATES) {
    const count = sum(({ groups }) => [...groups.groups].filter((group) => group.state === state).length);
    meter.gauge(`${prefix}groups${state.toLowerCase()}`, `Groups coordinated here that are ${state}.`, count);
  }
  meter.gauge('kafka_consumergroup_members', 'Members of a group.', () => {
    const known = [...coordinators()].flatMap(({ groups }) => [...groups.groups]);
    return known.map(({ groupId, members }) => ({ labels: { consumergroup: groupId }, value: members.size }));
  });
}

function offsetCount({ committed }: ActiveCoordinator): number {
  let count = 0;
  for (const [, { offsets }] of committed.entries())
    for (const partitions of offsets.values()) count += partitions.size;
  return count;
}

function registerProgress(meter: Meter, source: CoordinatorMetricsSource): void {
  const prefix = 'kafka_consumergroup';
  const offsets = (): readonly Progress[] => progress(source);
  const each = (value: (line: Progress) => number | undefined) => () =>
    offsets().flatMap((line) => perPartition(line, value(line)));
  const summed = (value: (line: Progress) => number | undefined) => () => sums(offsets(), value);
  const offset = (line: Progress): number => line.offset;
  const lag = (line: Progress): number | undefined => line.lag;
  meter.gauge(`${prefix}_current_offset`, 'Offset committed by a group for a partition.', each(offset));
  meter.gauge(`${prefix}_current_offset_sum`, 'Sum of the offsets committed by a group for a topic.', summed(offset));
  meter.gauge(`${prefix}_lag`, 'Records of a partition with a replica here that a group has not read.', each(lag));
  meter.gauge(`${prefix}_lag_sum`, 'Records of a topic that a group has not read.', summed(lag));
}

function progress({ coordinators, highWatermark }: CoordinatorMetricsSource): readonly Progress[] {
  const lines: Progress[] = [];
  for (const { committed } of coordinators()) {
    for (const [consumergroup, { offsets }] of committed.entries()) {
      for (const [topic, partitions] of offsets) {
        for (const [partition, { offset }] of partitions) {
          const end = highWatermark({ topic, partition });
          const lag = end === undefined ? undefined : Math.max(0, end - offset);
          lines.push({ consumergroup, topic, partition, offset, lag });
        }
      }
    }
  }
  return lines;
}

function perPartition({ consumergroup, topic, partition }: Progress, value: number | undefined): MetricSample[] {
  if (value === undefined) return [];
  return [{ labels: { consumergroup, topic, partition: String(partition) }, value }];
}

/** By group and topic; nothing of those of which a part is not known. */
function sums(lines: readonly Progress[], value: (line: Progress) => number | undefined): readonly MetricSample[] {
  const totals = new Map<string, { readonly labels: MetricSample['labels']; value: number }>();
  for (const line of lines) {
    const { consumergroup, topic } = line;
    const key = `${topic}/${consumergroup}`;
    const total = totals.get(key) ?? { labels: { consumergroup, topic }, value: 0 };
    total.value += value(line) ?? NaN;
    totals.set(key, total);
  }
  return [...totals.values()].filter((total) => !Number.isNaN(total.value));
}
