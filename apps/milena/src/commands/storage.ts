import { randomBytes } from 'node:crypto';
import type { NodeConfig } from '@milena/config';
import { isUuid, parseReachableEndpoint, randomUuid, ZERO_UUID } from '@milena/model';
import { formatStorage, UnusableLogFolder, type FirstVoter, type FirstVoters } from '@milena/raft-driver';
import { CommandFailure } from '../command-failure';
import { printRows, type OutputFormat } from '../output/printer';
import { firstFeatureRecords } from './first-features';
import { loadNodeConfig } from './load-node-config';
import { storagePlatform } from './storage-platform';

/** Options of `storage format`. */
export interface FormatOptions {
  /** Path of a properties file. */
  readonly config?: string;
  readonly clusterId: string;
  readonly set: readonly string[];
  readonly standalone?: true;
  /** False for --no-initial-controllers. */
  readonly initialControllers?: string | false;
  /** `name=level`. */
  readonly feature: readonly string[];
  readonly releaseVersion?: string;
  readonly ignoreFormatted?: true;
  readonly output: OutputFormat;
}

/** `milena storage format`: prepares the folders of one node. */
export async function formatStorageCommand(options: FormatOptions, environment: NodeJS.ProcessEnv): Promise<void> {
  const { config } = loadNodeConfig(options.config, environment, options.set);
  if (!isUuid(options.clusterId)) {
    throw new CommandFailure(2, `--cluster-id ${options.clusterId}: must be an id as storage random-uuid makes`);
  }
  const voters = firstVoters(config, options);
  const bootstrapRecords = firstFeatureRecords(options.feature, options.releaseVersion);
  if (voters.kind === 'none' && bootstrapRecords.length > 0) {
    throw new CommandFailure(
      2,
      '--feature and --release-version are for the first voters of a new quorum: with --standalone or --initial-controllers',
    );
  }
  const formatted = await formatStorage({
    platform: storagePlatform(),
    logFolders: [...new Set([config.dataFolder, config.metadataFolder])],
    metadataLogFolder: config.metadataFolder,
    clusterId: options.clusterId,
    nodeId: config.nodeId,
    voters,
    bootstrapRecords,
    ignoreFormatted: options.ignoreFormatted === true,
  }).catch((cause: unknown) => {
    if (!(cause instanceof UnusableLogFolder)) throw cause;
    throw new CommandFailure(1, cause.message, { cause });
  });
  const rows = formatted.map(({ logFolder, properties, written }) => ({ logFolder, written, ...properties }));
  await printRows(options.output, rows, [
    { heading: 'FOLDER', cell: ({ logFolder }) => logFolder },
    { heading: 'NODE', cell: ({ nodeId }) => nodeId },
    { heading: 'CLUSTER', cell: ({ clusterId }) => clusterId },
    { heading: 'DIRECTORY', cell: ({ directoryId }) => directoryId },
    { heading: 'FORMATTED', cell: ({ written }) => (written ? 'now' : 'before') },
  ]);
}

/** `milena storage random-uuid`. */
export function printRandomUuid(): void {
  process.stdout.write(`${randomUuid(randomBytes)}\n`);
}

function firstVoters(config: NodeConfig, { standalone, initialControllers }: FormatOptions): FirstVoters {
  const given = standalone === true || typeof initialControllers === 'string';
  if (config.quorum.voters.length > 0) {
    if (!given) return { kind: 'none' };
    throw new CommandFailure(2, 'controller.quorum.voters already names the voters; leave out one of the two');
  }
  const listener = config.listeners.controller;
  if (listener === undefined) {
    if (!given) return { kind: 'none' };
    throw new CommandFailure(2, `node ${config.nodeId} is no controller, so it cannot be a voter`);
  }
  const { name } = listener;
  if (typeof initialControllers === 'string') return { kind: 'initial', voters: parseVoters(initialControllers, name) };
  if (standalone === true) return { kind: 'standalone', endpoint: { name, ...listener.advertised } };
  if (initialControllers === false) return { kind: 'none' };
  throw new CommandFailure(
    2,
    'a controller needs --standalone (a new quorum of one), --initial-controllers (a new quorum) or --no-initial-controllers (it joins one)',
  );
}

function parseVoters(text: string, listenerName: string): readonly FirstVoter[] {
  const voters = text.split(',').map((item) => {
    const match = /^(\d{1,9})@(.+):([\w-]{22})$/.exec(item.trim());
    const endpoint = parseReachableEndpoint(match?.[2] ?? '');
    const directoryId = match?.[3] ?? '';
    if (match === null || endpoint === undefined || !isUuid(directoryId) || directoryId === ZERO_UUID) {
      throw new CommandFailure(2, `--initial-controllers: ${item}: must be id@host:port:directoryId`);
    }
    return { voterId: Number(match[1]), directoryId, endpoints: [{ name: listenerName, ...endpoint }] };
  });
  for (const key of ['voterId', 'directoryId'] as const) {
    const twice = voters.find((voter, index) => voters.findIndex((each) => each[key] === voter[key]) < index)?.[key];
    if (twice !== undefined) throw new CommandFailure(2, `--initial-controllers names ${twice} twice`);
  }
  return voters;
}
