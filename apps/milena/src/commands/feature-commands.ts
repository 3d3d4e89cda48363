import { apiVersions, updateFeatures } from '@milena/kafka-protocol';
import { CommandFailure } from '../command-failure';
import { withCluster } from '../kafka/cluster-client';
import type { KafkaClient } from '../kafka/kafka-client';
import { throwOnError } from '../kafka/kafka-failure';
import { printRows, type Column } from '../output/printer';
import type { ClusterOptions } from './cluster-options';
import { keyValues } from './key-value';

const TIMEOUT_MS = 15_000;
const BOUNDS = { timeoutMs: TIMEOUT_MS + 5_000 };
/** Kafka's numbers of the ways a level may go. */
const UPGRADE_TYPES = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const;

/** Options of `features upgrade` and `features downgrade`. */
export interface FeatureChangeOptions extends ClusterOptions {
  readonly unsafe?: true;
  readonly validateOnly?: true;
}

interface FeatureRow {
  readonly feature: string;
  readonly finalizedLevel: number;
  readonly minLevel: number | undefined;
  readonly maxLevel: number | undefined;
}

const COLUMNS: readonly Column<FeatureRow>[] = [
  { heading: 'FEATURE', cell: ({ feature }) => feature },
  { heading: 'LEVEL', cell: ({ finalizedLevel }) => finalizedLevel },
  {
    heading: 'SUPPORTED',
    cell: ({ minLevel, maxLevel }) => (minLevel === undefined ? '-' : `${minLevel} to ${maxLevel}`),
  },
];

/** `milena features describe`: the level in force of every feature, and what the asked broker supports. */
export async function describeFeatures(options: ClusterOptions): Promise<void> {
  await withCluster(options.bootstrapServer, async ({ any }) => printFeatures(any, options));
}

/** `milena features upgrade|downgrade <feature=level>...`: all of them or none; prints the features afterwards. */
export async function changeFeatures(
  direction: 'upgrade' | 'downgrade',
  words: readonly string[],
  options: FeatureChangeOptions,
): Promise<void> {
  const upgradeType =
    UPGRADE_TYPES[direction === 'upgrade' ? direction : options.unsafe === true ? 'unsafeDowngrade' : 'safeDowngrade'];
  const featureUpdates = keyValues(words, 'feature').map(({ name, value }) => {
    if (!/^\d{1,4}$/.test(value)) throw new CommandFailure(2, `${name}=${value}: the level must be a number from 0`);
    return { feature: name, maxVersionLevel: Number(value), upgradeType };
  });
  await withCluster(options.bootstrapServer, async ({ any }) => {
    const body = { timeoutMs: TIMEOUT_MS, featureUpdates, validateOnly: options.validateOnly === true };
    const response = await any.request(updateFeatures, body, BOUNDS);
    throwOnError('features', response.errorCode, response.errorMessage);
    await printFeatures(any, options);
  });
}

async function printFeatures(client: KafkaClient, { output }: ClusterOptions): Promise<void> {
  const asked = { clientSoftwareName: 'milena', clientSoftwareVersion: '0.1.0' };
  const { errorCode, supportedFeatures, finalizedFeatures } = await client.request(apiVersions, asked);
  throwOnError('features', errorCode);
  const names = new Set([...supportedFeatures, ...finalizedFeatures].map(({ name }) => name));
  const rows = [...names].sort().map((feature) => {
    const supported = supportedFeatures.find(({ name }) => name === feature);
    const finalized = finalizedFeatures.find(({ name }) => name === feature);
    return {
      feature,
      finalizedLevel: finalized?.maxVersionLevel ?? 0,
      minLevel: supported?.minVersion,
      maxLevel: supported?.maxVersion,
    };
  });
  await printRows(output, rows, COLUMNS);
}
