import { endpointText } from '@milena/model';
import {
  metadataFolder,
  readBootstrapCheckpoint,
  readMetaProperties,
  readQuorumState,
  UnusableBootstrapCheckpoint,
  UnusableLogFolder,
  UnusableQuorumState,
  type BootstrapCheckpoint,
} from '@milena/raft-driver';
import { CommandFailure } from '../command-failure';
import { printObject, type OutputFormat } from '../output/printer';
import { loadNodeConfig } from './load-node-config';
import { storagePlatform } from './storage-platform';

/** `milena storage info`: whose folder it is, and what the metadata log's folder says of the quorum before the log does. */
export async function storageInfo(
  options: { config?: string; output: OutputFormat },
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { config } = loadNodeConfig(options.config, environment);
  const { disk } = storagePlatform();
  const found = readable(() => {
    const folder = metadataFolder(config.metadataFolder);
    return {
      properties: readMetaProperties(disk, config.dataFolder),
      quorumState: readQuorumState(disk, folder),
      checkpoint: readBootstrapCheckpoint(disk, folder),
    };
  });
  if (found.properties === undefined) throw new CommandFailure(3, `${config.dataFolder} is not formatted`);
  await printObject(options.output, {
    logFolder: config.dataFolder,
    metadataLogFolder: config.metadataFolder,
    ...found.properties,
    ...(found.checkpoint === undefined ? {} : { firstVoters: voterTexts(found.checkpoint) }),
    ...(found.quorumState === undefined ? {} : { quorumState: found.quorumState }),
  });
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const isKnown =
      cause instanceof UnusableLogFolder ||
      cause instanceof UnusableQuorumState ||
      cause instanceof UnusableBootstrapCheckpoint;
    if (!isKnown) throw cause;
    throw new CommandFailure(1, cause.message, { cause });
  }
}

/** As `--initial-controllers` takes them. */
function voterTexts({ voters }: BootstrapCheckpoint): readonly string[] {
  return voters.map(({ voterId, directoryId, endpoints }) => {
    const [endpoint] = endpoints;
    return `${voterId}@${endpoint === undefined ? '' : endpointText(endpoint)}:${directoryId}`;
  });
}
