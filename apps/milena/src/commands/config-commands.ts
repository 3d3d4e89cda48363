import { describeConfigs, incrementalAlterConfigs } from '@milena/kafka-protocol';
import { CommandFailure } from '../command-failure';
import { withCluster, type ClusterClient } from '../kafka/cluster-client';
import type { KafkaClient } from '../kafka/kafka-client';
import { throwOnError } from '../kafka/kafka-failure';
import { printRows, type Column } from '../output/printer';
import type { ClusterOptions } from './cluster-options';
import { keyValues } from './key-value';

/** What has a configuration; Kafka's numbers for it. */
const RESOURCE_TYPES = { topic: 2, broker: 4 } as const;
const OPERATIONS = { set: 0, delete: 1 } as const;
/** Kafka's numbers for where a value comes from; `default` is what the software brings. */
const SOURCES = new Map([
  [1, 'topic'],
  [2, 'broker (dynamic)'],
  [3, 'brokers (dynamic)'],
  [4, 'broker (static)'],
  [5, 'default'],
]);
const DEFAULT_SOURCE = 5;
/** A change goes by way of the controller. */
const CHANGE_TIMEOUT_MS = 20_000;

/** A kind of thing that has a configuration. */
export type ConfigResource = keyof typeof RESOURCE_TYPES;

/** Options of `config get`. */
export interface ConfigGetOptions extends ClusterOptions {
  /** Only what somebody has set. */
  readonly changed?: true;
}

/** Options of `config set`. */
export interface ConfigSetOptions extends ClusterOptions {
  /** Keys to give back to their default. */
  readonly delete: readonly string[];
  /** Check the change and do not carry it out. */
  readonly validateOnly?: true;
}

interface ConfigRow {
  readonly key: string;
  /** Null when it is sensitive. */
  readonly value: string | null;
  readonly source: string;
  readonly readOnly: boolean;
}

const COLUMNS: readonly Column<ConfigRow>[] = [
  { heading: 'KEY', cell: ({ key }) => key },
  { heading: 'VALUE', cell: ({ value }) => (value === null ? '(hidden)' : value || '(empty)') },
  { heading: 'SOURCE', cell: ({ source }) => source },
];

/** `milena config get topic|broker <name> [key...]`. */
export async function getConfig(
  resource: ConfigResource,
  name: string,
  keys: readonly string[],
  options: ConfigGetOptions,
): Promise<void> {
  const subject = `${resource} ${name}`;
  const rows = await withCluster(options.bootstrapServer, async (cluster) => {
    const client = await whoKnows(cluster, resource, name);
    const wanted = {
      resourceType: RESOURCE_TYPES[resource],
      resourceName: name,
      configurationKeys: keys.length > 0 ? keys : null,
    };
    const { results } = await client.request(describeConfigs, { resources: [wanted] });
    const [result] = results;
    throwOnError(subject, result?.errorCode ?? 0, result?.errorMessage);
    return (result?.configs ?? [])
      .filter(({ configSource }) => options.changed !== true || configSource !== DEFAULT_SOURCE)
      .map(({ name: key, value, configSource, readOnly, isSensitive }) => {
        const source = SOURCES.get(configSource) ?? `source ${configSource}`;
        return { key, value: isSensitive ? null : (value ?? ''), source, readOnly };
      })
      .sort((left, right) => (left.key < right.key ? -1 : 1));
  });
  const missing = keys.find((key) => options.changed !== true && !rows.some((row) => row.key === key));
  if (missing !== undefined) {
    throw new CommandFailure(3, `${subject}: ${missing}: no such key; milena config get ${subject} shows them`);
  }
  await printRows(options.output, rows, COLUMNS);
}

/** `milena config set topic|broker <name> [key=value...] [--delete key]`: changes these keys and no others. */
export async function setConfig(
  resource: ConfigResource,
  name: string,
  settings: readonly string[],
  options: ConfigSetOptions,
): Promise<void> {
  const changes = [
    ...keyValues(settings, 'setting').map((each) => ({ ...each, change: 'set' as const })),
    ...options.delete.map((key) => ({ name: key, value: null, change: 'delete' as const })),
  ];
  if (changes.length === 0) throw new CommandFailure(2, 'nothing to change: give key=value, or --delete key');
  await withCluster(options.bootstrapServer, async (cluster) => {
    const client = await whoKnows(cluster, resource, name);
    const configs = changes.map(({ name: key, value, change }) => {
      return { name: key, configOperation: OPERATIONS[change], value };
    });
    const wanted = { resourceType: RESOURCE_TYPES[resource], resourceName: name, configs };
    const body = { resources: [wanted], validateOnly: options.validateOnly === true };
    const { responses } = await client.request(incrementalAlterConfigs, body, { timeoutMs: CHANGE_TIMEOUT_MS });
    const [response] = responses;
    throwOnError(`${resource} ${name}`, response?.errorCode ?? 0, response?.errorMessage);
  });
  const rows = changes.map(({ name: key, value, change }) => ({ key, value, change }));
  await printRows(options.output, rows, [
    { heading: 'KEY', cell: ({ key }) => key },
    { heading: 'VALUE', cell: ({ value }) => value ?? '-' },
    { heading: options.validateOnly === true ? 'WOULD BE' : 'DONE', cell: ({ change }) => change },
  ]);
}

/** A broker answers for its own configuration itself; topics are known to all. */
async function whoKnows(cluster: ClusterClient, resource: ConfigResource, name: string): Promise<KafkaClient> {
  if (resource === 'topic') return cluster.any;
  if (!/^\d{1,9}$/.test(name)) throw new CommandFailure(2, `broker ${name}: must be the id of a broker`);
  return cluster.broker(Number(name));
}
