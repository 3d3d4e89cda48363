import { addVoterRpc, removeVoterRpc } from '@milena/cluster-protocol';
import { endpointText, isUuid } from '@milena/model';
import { ownMetaProperties, UnusableLogFolder } from '@milena/raft-driver';
import { CommandFailure } from '../command-failure';
import { printObject } from '../output/printer';
import { loadNodeConfig } from './load-node-config';
import { askQuorum, type QuorumOptions } from './quorum-client';
import { storagePlatform } from './storage-platform';

/** The leader answers within the time of the request; this is for the way there and back. */
const GRACE_MS = 2_000;

/** Options of `quorum add-controller`. */
export interface AddControllerOptions extends QuorumOptions {
  /** The newcomer's own `server.properties`: it names the node, its listener and its formatted folder. */
  readonly config?: string;
  readonly timeout: number;
}

/** `milena quorum add-controller`: makes a running controller that follows the log a voter. Run where its folder is. */
export async function addController(options: AddControllerOptions, environment: NodeJS.ProcessEnv): Promise<void> {
  const { config } = loadNodeConfig(options.config, environment);
  const endpoint = config.listeners.controller?.advertised;
  if (endpoint === undefined) throw new CommandFailure(2, `node ${config.nodeId} is no controller`);
  const { clusterId, directoryId } = ownProperties(config);
  const request = {
    type: 'addVoter',
    clusterId,
    voter: { id: config.nodeId, directoryId },
    endpoint,
    timeoutMs: options.timeout,
    ackWhenCommitted: true,
  } as const;
  const call = { kind: 'change', timeoutMs: options.timeout + GRACE_MS } as const;
  await askQuorum(options, (quorum) => quorum.ask(addVoterRpc, request, call));
  await printObject(options.output, { added: config.nodeId, directoryId, endpoint: endpointText(endpoint) });
}

/** Options of `quorum remove-controller`. */
export interface RemoveControllerOptions extends QuorumOptions {
  readonly controllerId: number;
  readonly controllerDirectoryId: string;
  readonly timeout: number;
}

/** `milena quorum remove-controller`: takes a voter out of the quorum, be it running or dead. */
export async function removeController(options: RemoveControllerOptions): Promise<void> {
  const { controllerId: id, controllerDirectoryId: directoryId, timeout } = options;
  if (!isUuid(directoryId)) {
    throw new CommandFailure(2, `--controller-directory-id ${directoryId}: must be an id as quorum describe shows it`);
  }
  const request = { type: 'removeVoter', voter: { id, directoryId } } as const;
  const call = { kind: 'change', timeoutMs: timeout + GRACE_MS } as const;
  await askQuorum(options, (quorum) => quorum.ask(removeVoterRpc, request, call));
  await printObject(options.output, { removed: id, directoryId });
}

function ownProperties(config: {
  readonly metadataFolder: string;
  readonly nodeId: number;
  readonly file: string | undefined;
}) {
  try {
    return ownMetaProperties(storagePlatform().disk, config.metadataFolder, {
      nodeId: config.nodeId,
      configFile: config.file,
    });
  } catch (cause) {
    if (!(cause instanceof UnusableLogFolder)) throw cause;
    throw new CommandFailure(1, cause.message, { cause });
  }
}
