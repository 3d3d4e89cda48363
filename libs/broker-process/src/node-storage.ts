import type { NodeConfig } from '@milena/config';
import type { Uuid } from '@milena/model';
import type { Disk } from '@milena/platform';
import { checkMetaProperties, readMetaProperties, UnusableLogFolder } from '@milena/raft-driver';

/** Whose a log folder is, as written when it was formatted. */
export interface NodeStorage {
  readonly clusterId: string;
  readonly directoryId: Uuid;
}

/** Reads it; UnusableLogFolder names the command to run when the folder was never formatted, and whose it is when not ours. */
export function nodeStorage(disk: Disk, config: NodeConfig, folder: string): NodeStorage {
  const found = readMetaProperties(disk, folder);
  if (found === undefined) {
    const command = `milena storage format --cluster-id <id> --config ${config.file ?? '<file>'}`;
    throw new UnusableLogFolder(`log folder ${folder} is not formatted; run ${command}`);
  }
  checkMetaProperties(folder, found, { nodeId: config.nodeId });
  return found;
}
