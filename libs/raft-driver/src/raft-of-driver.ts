import { createRaft, type Raft, type RaftOptions } from '@milena/raft';
import { createMetadataRaftBatches } from './metadata-raft-batches';
import type { RaftDriverOptions } from './raft-driver-options';

/** The raft state machine as a driver's options want it, over what its disk holds. */
export function raftOfDriver(
  driver: RaftDriverOptions,
  stored: Pick<RaftOptions, 'log' | 'restored' | 'bootstrap'>,
): Raft {
  const { platform, clusterId, nodeId, directoryId, endpoint, bootstrapServers, settings, plantedBugs, autoJoin } =
    driver;
  const { clock, random } = platform;
  return createRaft({
    ...stored,
    clusterId,
    self: { id: nodeId, directoryId },
    batches: createMetadataRaftBatches(clock),
    clock,
    random,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(bootstrapServers === undefined ? {} : { bootstrapServers }),
    ...(settings === undefined ? {} : { settings }),
    ...(plantedBugs === undefined ? {} : { plantedBugs }),
    ...(autoJoin === undefined ? {} : { autoJoin }),
  });
}
