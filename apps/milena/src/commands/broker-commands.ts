import { metadata } from '@milena/kafka-protocol';
import { CommandFailure } from '../command-failure';
import { withCluster } from '../kafka/cluster-client';
import { throwOnError } from '../kafka/kafka-failure';
import { dataText, printObject, printRows, type Column } from '../output/printer';
import type { ClusterOptions } from './cluster-options';

interface DescribedBroker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly state: 'live' | 'fenced';
  /** Partitions it leads. */
  readonly leads: number;
  /** Partitions it has a replica of. */
  readonly replicas: number;
  /** Those replicas that are in their partition's ISR. */
  readonly inSync: number;
}

const COLUMNS: readonly Column<DescribedBroker>[] = [
  { heading: 'BROKER', cell: ({ id }) => id },
  { heading: 'HOST', cell: ({ host }) => host || '-' },
  { heading: 'PORT', cell: ({ port }) => (port < 0 ? '-' : port) },
  { heading: 'RACK', cell: ({ rack }) => rack ?? '-' },
  { heading: 'STATE', cell: ({ state }) => state },
  { heading: 'LEADS', cell: ({ leads }) => leads },
  { heading: 'REPLICAS', cell: ({ replicas }) => replicas },
  { heading: 'IN SYNC', cell: ({ inSync }) => inSync },
];

/** `milena broker list`. */
export async function listBrokers(options: ClusterOptions): Promise<void> {
  await printRows(options.output, await describedBrokers(options), COLUMNS);
}

/** `milena broker describe <broker>...`. */
export async function describeBrokers(ids: readonly string[], options: ClusterOptions): Promise<void> {
  const brokers = await describedBrokers(options);
  const chosen = ids.map((id) => {
    const found = brokers.find((broker) => `${broker.id}` === id);
    if (found !== undefined) return found;
    throw new CommandFailure(3, `broker ${id}: there is no such broker; milena broker list shows them`);
  });
  if (options.output !== 'table') {
    process.stdout.write(await dataText(options.output, chosen));
    return;
  }
  for (const [index, broker] of chosen.entries()) {
    if (index > 0) process.stdout.write('\n');
    await printObject('table', { ...broker });
  }
}

async function describedBrokers({ bootstrapServer }: ClusterOptions): Promise<readonly DescribedBroker[]> {
  return withCluster(bootstrapServer, async (cluster) => {
    const brokers = await cluster.brokers();
    const answer = await cluster.any.request(metadata, { topics: null, allowAutoTopicCreation: false });
    throwOnError('topics', answer.errorCode);
    const partitions = answer.topics.flatMap((topic) => topic.partitions);
    return brokers.map(({ brokerId: id, host, port, rack, isFenced }) => ({
      id,
      host,
      port,
      rack,
      state: isFenced ? ('fenced' as const) : ('live' as const),
      leads: partitions.filter(({ leaderId }) => leaderId === id).length,
      replicas: partitions.filter(({ replicaNodes }) => replicaNodes.includes(id)).length,
      inSync: partitions.filter(({ isrNodes }) => isrNodes.includes(id)).length,
    }));
  });
}
