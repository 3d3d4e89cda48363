import type { Counter, Meter } from '@milena/platform';
import type { HostedPartitions } from './hosted-partitions';
import type { Partition } from './partition';
import type { PendingAcks } from './pending-acks';

/** What the gauges look at. */
export interface ReplicaMetricsSource {
  readonly hosted: HostedPartitions;
  readonly pendingAcks: PendingAcks;
}

/** Counts the proposals to change an in-sync set. */
export type InSyncSetChanges = Readonly<Record<'shrink' | 'expand', Counter>>;

/** Registers the metrics of a broker's replicas under the names that Kafka's dashboards know. */
export function registerReplicaMetrics(meter: Meter, { hosted, pendingAcks }: ReplicaMetricsSource): InSyncSetChanges {
  const count = (matches: (partition: Partition) => boolean) => (): number => {
    let matching = 0;
    for (const partition of hosted.all()) if (matches(partition)) matching += 1;
    return matching;
  };
  const name = (what: string): string => `kafka_server_replicamanager_${what}`;
  meter.gauge(name('partitioncount'), 'Partitions with a replica here.', () => hosted.size);
  meter.gauge(name('leadercount'), 'Partitions led from here.', count(isLed));
  meter.gauge(
    name('underreplicatedpartitions'),
    'Partitions led from here with a replica out of sync.',
    count(isShort),
  );
  meter.gauge(
    name('underminisrpartitioncount'),
    'Partitions led from here below min.insync.replicas.',
    count(isUnderMin),
  );
  meter.gauge(
    name('atminisrpartitioncount'),
    'Partitions led from here exactly at min.insync.replicas.',
    count(isAtMin),
  );
  meter.gauge(
    name('offlinereplicacount'),
    'Replicas here whose log failed.',
    count(({ role }) => role.kind === 'offline'),
  );
  const isOffline = count(({ role }) => role.kind === 'offline');
  meter.gauge('kafka_log_logmanager_offlinelogdirectorycount', '1 when a log here failed.', () =>
    isOffline() > 0 ? 1 : 0,
  );
  const purgatory = 'kafka_server_delayedoperationpurgatory_purgatorysize';
  meter.gauge(purgatory, 'Requests that wait for replicas or a sync.', () => [
    { labels: { delayedOperation: 'Produce' }, value: pendingAcks.size },
  ]);
  return {
    shrink: meter.counter(name('isrshrinks_total'), 'Replicas proposed to leave an in-sync set.'),
    expand: meter.counter(name('isrexpands_total'), 'Replicas proposed to join an in-sync set.'),
  };
}

function isLed({ role }: Partition): boolean {
  return role.kind === 'leader';
}

function isShort({ leaderState }: Partition): boolean {
  return leaderState !== undefined && leaderState.isr.length < leaderState.replicas.length;
}

function isAtMin({ leaderState }: Partition): boolean {
  return leaderState !== undefined && leaderState.isr.length === leaderState.effectiveMinIsr;
}

function isUnderMin({ leaderState }: Partition): boolean {
  return leaderState !== undefined && !leaderState.hasEnoughInSync;
}
