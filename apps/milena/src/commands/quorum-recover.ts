import type { NodeConfig } from '@milena/config';
import { endpointText } from '@milena/model';
import {
  planRecovery,
  recoverQuorum,
  UnreadableMetadataLog,
  UnusableBootstrapCheckpoint,
  UnusableLogFolder,
  UnusableMetadataLog,
  UnusableQuorumState,
  UnusableSnapshot,
  type RecoveryPlan,
  type RecoverySubject,
} from '@milena/raft-driver';
import { CommandFailure } from '../command-failure';
import { printObject, type OutputFormat } from '../output/printer';
import { loadNodeConfig } from './load-node-config';
import { storagePlatform } from './storage-platform';

/** Options of `quorum recover`. */
export interface RecoverOptions {
  /** The survivor's own `server.properties`. */
  readonly config?: string;
  /** The cluster's id, as the consent of whoever runs this. */
  readonly yesIAcceptDataLoss?: string;
  readonly output: OutputFormat;
}

/**
 * `milena quorum recover`: shows what it would take to go on without a majority; with the consent, does it. Run with the
 * controller stopped, on the survivor whose log ends last.
 */
export async function recoverQuorumCommand(options: RecoverOptions, environment: NodeJS.ProcessEnv): Promise<void> {
  const { config } = loadNodeConfig(options.config, environment);
  const subject = subjectOf(config);
  const platform = storagePlatform();
  const consent = options.yesIAcceptDataLoss;
  const plan = await refusing(() => planRecovery(platform.disk, subject));
  if (consent === undefined) {
    await printObject(options.output, { done: false, ...shown(plan) });
    process.stderr.write(
      `milena: nothing was changed. Compare lastEpoch, then logEndOffset, among the survivors; on the greatest, with every controller stopped: --yes-i-accept-data-loss ${plan.clusterId}\n`,
    );
    return;
  }
  if (consent !== plan.clusterId) {
    throw new CommandFailure(2, `--yes-i-accept-data-loss ${consent}: this node belongs to cluster ${plan.clusterId}`);
  }
  const { auditFolder, recoveryOffset, traceId } = await refusing(() => recoverQuorum(platform, subject));
  await printObject(options.output, { done: true, ...shown(plan), recoveryOffset, traceId, auditFolder });
}

function subjectOf(config: NodeConfig): RecoverySubject {
  const listener = config.listeners.controller;
  if (listener === undefined) throw new CommandFailure(2, `node ${config.nodeId} is no controller`);
  if (config.quorum.voters.length > 0) {
    throw new CommandFailure(
      2,
      'the new voter set stands in the log: first replace controller.quorum.voters by controller.quorum.bootstrap.servers, on every node',
    );
  }
  const { name, advertised: endpoint } = listener;
  return {
    nodeId: config.nodeId,
    logFolder: config.metadataFolder,
    listenerName: name,
    endpoint,
    configFile: config.file,
  };
}

function shown({ clusterId, nodeId, directoryId, folder, ...plan }: RecoveryPlan): Readonly<Record<string, unknown>> {
  const text = ({ voterId, directoryId: directory, endpoints: [endpoint] }: RecoveryPlan['voter']): string =>
    `${voterId}@${endpoint === undefined ? '' : endpointText(endpoint)}:${directory}`;
  return {
    clusterId,
    nodeId,
    directoryId,
    folder,
    lastEpoch: plan.lastEpoch,
    logEndOffset: plan.logEndOffset,
    lastRecordAt: plan.lastTimestamp === undefined ? null : new Date(plan.lastTimestamp).toISOString(),
    damage: plan.damage ?? null,
    newEpoch: plan.newEpoch,
    votersBefore: plan.votersBefore.map(text),
    droppedVoters: plan.dropped.map(text),
    onlyVoter: text(plan.voter),
  };
}

async function refusing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isKnown =
      cause instanceof UnusableLogFolder ||
      cause instanceof UnreadableMetadataLog ||
      cause instanceof UnusableQuorumState ||
      cause instanceof UnusableBootstrapCheckpoint ||
      cause instanceof UnusableMetadataLog ||
      cause instanceof UnusableSnapshot;
    if (!isKnown) throw cause;
    throw new CommandFailure(1, cause.message, { cause });
  }
}
