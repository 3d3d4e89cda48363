import type { Meter } from '@milena/platform';
import type { HostedPartitions } from './hosted-partitions';
import type { Partition } from './partition';
import type { PendingAcks } from './pending-acks';

/** What the gauges look at. */
export interface ReplicaMetricsSource {
  readonly hosted: HostedPartitions;
  readonly pendingAcks: PendingAcks;
}

/** Registers the gauges of a broker's replicas under the names that Kafka's dashboards know. */
export function registerReplicaMetrics(meter: Meter, { hosted, pendingAcks }: ReplicaMetricsSource): void {
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
    name('offlinereplicacount'),
    'Replicas here whose log failed.',
    count(({ role }) => role.kind === 'offline'),
  );
  meter.gauge(
    'milena_broker_pending_produce',
    'Produce requests that wait for replicas or a sync.',
    () => pendingAcks.size,
  );
}

function isLed({ role }: Partition): boolean {
  return role.kind === 'leader';
}

function isShort({ leaderState }: Partition): boolean {
  return leaderState !== undefined && leaderState.isr.length < leaderState.replicas.length;
}

function isUnderMin({ leaderState }: Partition): boolean {
  return leaderState !== undefined && !leaderState.hasEnoughInSync;
}
