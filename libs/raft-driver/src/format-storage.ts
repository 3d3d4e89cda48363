import { dirname } from 'node:path';
import { METADATA_PARTITION, randomUuid, topicPartitionName, type Uuid } from '@milena/model';
import type { Platform } from '@milena/platform';
import type { VoterEndpoint, Voters } from '@milena/record-batch';
import { writeBootstrapCheckpoint } from './bootstrap-checkpoint';
import {
  checkMetaProperties,
  type MetaProperties,
  readMetaProperties,
  refuseOrphanedLog,
  UnusableLogFolder,
  writeMetaProperties,
} from './meta-properties';

/** Voter entry of a node that supports kraft.version 0 and 1. */
const KRAFT_VERSION_RANGE = { kraftVersionMin: 0, kraftVersionMax: 1 };

/**
 * Who may vote in a new quorum. `none`: a broker, or a controller that joins an existing quorum. `standalone`: this node
 * alone. `initial`: all of these, this node among them, each formatted with the same list.
 */
export type FirstVoters =
  | { readonly kind: 'none' }
  | { readonly kind: 'standalone'; readonly endpoint: VoterEndpoint }
  | { readonly kind: 'initial'; readonly voters: readonly FirstVoter[] };

/** One of the first voters: `id@host:port:directoryId` on the command line. */
export interface FirstVoter {
  readonly voterId: number;
  readonly directoryId: Uuid;
  readonly endpoints: readonly VoterEndpoint[];
}

/** What to format. */
export interface FormatStorageOptions {
  readonly platform: Pick<Platform, 'disk' | 'clock' | 'random'>;
  /** Every log folder of the node. */
  readonly logFolders: readonly string[];
  /** The one of them that holds the metadata log. */
  readonly metadataLogFolder: string;
  readonly clusterId: string;
  readonly nodeId: number;
  readonly voters: FirstVoters;
  /** Values of the metadata records a new cluster starts with; only first voters keep them. */
  readonly bootstrapRecords?: readonly Buffer[];
  /** Leave folders that already carry this node's meta.properties as they are instead of refusing. */
  readonly ignoreFormatted?: boolean;
}

/** What a folder carries after formatting. */
export interface FormattedFolder {
  readonly logFolder: string;
  readonly properties: MetaProperties;
  /** False when the folder had been formatted before. */
  readonly written: boolean;
}

/**
 * Prepares log folders for a node: the bootstrap checkpoint first, `meta.properties` last, so that a folder counts as
 * formatted only when it is complete. Throws UnusableLogFolder when a folder is formatted already (unless that is to be
 * ignored), belongs to another node or cluster, or holds a metadata log without saying whose, before anything is written.
 */
export async function formatStorage(options: FormatStorageOptions): Promise<readonly FormattedFolder[]> {
  const { platform, logFolders, metadataLogFolder, clusterId, nodeId } = options;
  const { disk, random } = platform;
  const found = logFolders.map((logFolder) => ({ logFolder, before: readMetaProperties(disk, logFolder) }));
  for (const { logFolder, before } of found) {
    if (before === undefined) refuseOrphanedLog(disk, logFolder);
    else refuseUnlessIgnored(logFolder, before, options);
  }
  const ownDirectoryId = directoryIdAmongVoters(options);
  const formatted: FormattedFolder[] = [];
  for (const { logFolder, before } of found) {
    if (before !== undefined) {
      formatted.push({ logFolder, properties: before, written: false });
      continue;
    }
    const holdsMetadata = logFolder === metadataLogFolder;
    const directoryId = (holdsMetadata ? ownDirectoryId : undefined) ?? randomUuid((count) => random.bytes(count));
    const properties = { clusterId, nodeId, directoryId };
    disk.makeFolder(logFolder);
    if (holdsMetadata) await writeFirstVoters(options, directoryId);
    await writeMetaProperties(disk, logFolder, properties);
    await disk.fsyncDirectory(dirname(logFolder));
    formatted.push({ logFolder, properties, written: true });
  }
  return formatted;
}

function refuseUnlessIgnored(logFolder: string, found: MetaProperties, options: FormatStorageOptions): void {
  if (options.ignoreFormatted !== true) {
    throw new UnusableLogFolder(`log folder ${logFolder} is already formatted for node.id ${found.nodeId}`);
  }
  checkMetaProperties(logFolder, found, options);
}

function directoryIdAmongVoters({ voters, nodeId }: FormatStorageOptions): Uuid | undefined {
  if (voters.kind !== 'initial') return undefined;
  const self = voters.voters.find((voter) => voter.voterId === nodeId);
  if (self === undefined) throw new UnusableLogFolder(`node.id ${nodeId} is not among the initial voters`);
  return self.directoryId;
}

async function writeFirstVoters(options: FormatStorageOptions, directoryId: Uuid): Promise<void> {
  const { platform, voters, nodeId, metadataLogFolder, bootstrapRecords = [] } = options;
  if (voters.kind === 'none') return;
  const first =
    voters.kind === 'initial' ? voters.voters : [{ voterId: nodeId, directoryId, endpoints: [voters.endpoint] }];
  const entries: Voters['voters'] = first.map((voter) => ({ ...voter, ...KRAFT_VERSION_RANGE }));
  const folder = metadataFolder(metadataLogFolder);
  platform.disk.makeFolder(folder);
  const checkpoint = { kraftVersion: 1, voters: entries, records: bootstrapRecords };
  await writeBootstrapCheckpoint(platform.disk, folder, checkpoint, platform.clock.wallMs());
  await platform.disk.fsyncDirectory(metadataLogFolder);
}

/** Folder of the metadata log inside a log folder. */
export function metadataFolder(logFolder: string): string {
  return `${logFolder}/${topicPartitionName(METADATA_PARTITION)}`;
}
